/** This PC as a seat: from the ticket's number to the receipt. It asks the service how things stand, again and again. */

import { api, ApiError, ask, bearer, isTemporary, roomClock, type Answer } from '../shared/api/client.ts';
import { load, type CandidateSession } from '../shared/engine/candidate.ts';
import type { CheckedReceipt } from '../shared/engine/generated/types.ts';
import { openJournal, type Journal } from '../shared/journal/journal.ts';
import { fetchPaper } from './paper.ts';
import { forgetPlace } from './shown-question.ts';
import { Sitting, type Taken } from './sitting.svelte.ts';
import { takeSeat } from './seat-window.ts';

export type SeatInfo = Answer<'/seat', 'get'>;
/** How the sitting ended. */
export interface SittingEnd {
  by: Answer<'/seat/receipt', 'get'>['by'];
  /** Why an invigilator took the paper. */
  reason: string | null;
  /** Steps that this PC holds and the service did not take. */
  late: number;
}
export type Phase =
  | 'starting'
  | 'ticket'
  | 'waiting'
  | 'refused'
  | 'unbound'
  | 'ready'
  | 'opening'
  | 'exam'
  | 'paused'
  | 'sending'
  | 'receipt'
  | 'moved'
  | 'other_window'
  | 'trouble';

/** What this PC keeps of its enrolment, so that a reload needs no invigilator. */
interface Enrolment {
  ticket: string;
  enrolment: string;
  /** The bearer token. */
  secret: string;
  code: string;
  /** The seed of this PC's key, in hexadecimal. */
  seed: string;
}

const ENROLMENT = 'enrolment';
const LOOK_MS = { waiting: 2_000, exam: 5_000, failed: 3_000, receipt: 15_000 };
/** A stream that breaks again so soon after it was joined anew will not mend by itself. */
const REJOIN_MS = 20_000;
/** Then a page that could not go on opens itself anew: whatever was wrong may have passed. */
const RELOAD_MS = 30_000;

export class Seat {
  enrolment: Enrolment | null = $state.raw(null);
  info: SeatInfo | null = $state.raw(null);
  sitting: Sitting | null = $state.raw(null);
  receipt: CheckedReceipt | null = $state.raw(null);
  ended: SittingEnd | null = $state.raw(null);
  /** Why the invigilator refused; null while that is not so. */
  refusal: string | null = $state(null);
  /** Whether the last question to the service was answered. */
  connected = $state(true);
  /** Whether a reload of this PC finds its events again. */
  durable = $state(true);
  /** The service answers that it does not know this PC. The PC keeps its secret until a person enters a ticket again. */
  unbound = $state(false);
  /** Minutes that an invigilator has given, until the candidate has read it. */
  extended = $state(0);
  /** What went wrong for good. */
  error: unknown = $state.raw(null);

  #started = $state(false);
  #stopped: 'moved' | 'other_window' | 'trouble' | null = $state(null);
  #journal: Journal | null = null;
  #session: CandidateSession | null = null;
  #bound = false;
  #rejoined = -Infinity;
  #awake: (() => void) | null = null;

  readonly phase: Phase = $derived.by(() => {
    if (this.#stopped !== null) return this.#stopped;
    if (this.receipt !== null) return 'receipt';
    if (this.unbound && this.enrolment !== null) return 'unbound';
    if (this.sitting?.view.handed_in === true || this.info?.state === 'handed_in') return 'sending';
    if (this.info !== null) {
      if (this.info.state === 'bound') return 'ready';
      if (this.info.state === 'paused') return 'paused';
      return this.sitting === null ? 'opening' : 'exam';
    }
    if (!this.#started) return 'starting';
    if (this.enrolment === null) return 'ticket';
    if (this.refusal !== null) return 'refused';
    return this.#bound ? 'opening' : 'waiting';
  });

  /** Finds out whether this PC already has a seat, then keeps looking. */
  async start(): Promise<void> {
    takeSeat(() => this.#stop('other_window'));
    try {
      this.#journal = await openJournal('seat', () => (this.durable = false));
      this.enrolment = (await this.#journal.note<Enrolment>(ENROLMENT)) ?? null;
      await load();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#started = this.enrolment === null;
    setInterval(() => this.#tick(), 1_000);
    void this.#watch();
  }

  /** Asks for the seat of a ticket. @throws ApiError, NetworkError */
  async enrol(ticket: string): Promise<void> {
    const { newDeviceKey } = await load();
    const { seed, key } = newDeviceKey();
    const asked = await ask(api.POST('/seat/enrolments', { body: { ticket, key } }));
    const enrolment = { ticket, enrolment: asked.enrolment, secret: asked.secret, code: asked.code, seed };
    await this.#journal?.keep(ENROLMENT, enrolment);
    this.unbound = false;
    this.enrolment = enrolment;
    this.#awake?.();
  }

  /** Frees this PC: the next person enters a ticket. The journal of the last sitting stays. */
  async leave(): Promise<void> {
    await this.#journal?.keep(ENROLMENT, undefined);
    this.sitting?.close();
    forgetPlace();
    this.enrolment = this.info = this.sitting = this.receipt = this.ended = this.refusal = null;
    this.#session = null;
    this.#bound = this.unbound = false;
    this.extended = 0;
    this.#started = true;
    this.#awake?.();
  }

  /** Frees a PC whose candidate went on elsewhere: the page begins anew. The journal stays. */
  async free(): Promise<void> {
    await this.#journal?.keep(ENROLMENT, undefined);
    forgetPlace();
    location.reload();
  }

  async #watch(): Promise<void> {
    while (this.#stopped === null) {
      let wait = this.receipt !== null ? LOOK_MS.receipt : this.sitting === null ? LOOK_MS.waiting : LOOK_MS.exam;
      try {
        await this.#look();
        this.connected = true;
        this.unbound = false;
        this.#started = true;
      } catch (error) {
        this.#missed(error);
        wait = LOOK_MS.failed;
      }
      // A room of PCs must not ask all in the same moment.
      await this.#sleep(wait * (0.8 + Math.random() * 0.4));
    }
  }

  async #look(): Promise<void> {
    const enrolment = this.enrolment;
    if (enrolment === null) return;
    const headers = bearer(enrolment.secret);
    if (this.receipt !== null && !(await this.#givenBack(headers))) return;
    if (!this.#bound) {
      const path = { enrolment: enrolment.enrolment };
      const found = await ask(api.GET('/seat/enrolments/{enrolment}', { headers, params: { path } }));
      if (this.enrolment !== enrolment) return;
      this.refusal = found.state === 'refused' ? (found.reason ?? '') : null;
      this.#bound = found.state === 'bound';
      if (!this.#bound) return;
    }
    const wasIn = this.info?.state === 'handed_in';
    const info = await ask(api.GET('/seat', { headers }));
    if (this.enrolment !== enrolment) return;
    if (wasIn && info.state !== 'handed_in') {
      // The paper was given back before its receipt was shown: it is opened again, with what the service holds.
      this.sitting?.close();
      this.sitting = this.#session = null;
    }
    if (info.state === 'open' && this.sitting === null) await this.#open(info, enrolment);
    this.#heard(info);
    if (info.state === 'handed_in') await this.#fetchReceipt(info, headers);
  }

  /** Whether the paper was given back after it was taken: it is then opened again, with what the service holds. */
  async #givenBack(headers: { authorization: string }): Promise<boolean> {
    const { state } = await ask(api.GET('/seat', { headers }));
    if (state === 'handed_in' || this.receipt === null) return false;
    this.sitting?.close();
    this.sitting = this.receipt = this.#session = null;
    return true;
  }

  async #open(info: SeatInfo, enrolment: Enrolment): Promise<void> {
    if (this.#journal === null) return;
    const paper = await fetchPaper(bearer(enrolment.secret));
    const { newSession } = await load();
    this.#session = newSession();
    const place = {
      sitting: info.sitting,
      number: info.number,
      token: enrolment.secret,
      seed: enrolment.seed,
      reopened_ms: info.reopened_ms ?? null,
    };
    this.sitting = await Sitting.open(this.#session, paper, info.deadline, this.#journal, place, {
      taken: (answer) => this.#taken(answer),
      refused: (error) => this.#refused(error),
      // An older window was still writing: this one opens the paper again with what it wrote.
      overtaken: () => this.#reopen(),
    });
  }

  #heard(info: SeatInfo): void {
    const resumed = this.info?.state === 'paused' && info.state === 'open';
    if (this.info?.sitting === info.sitting) this.extended += info.extra_minutes - this.info.extra_minutes;
    this.info = info;
    if (info.state !== 'handed_in') this.sitting?.deadline(info.deadline).catch((error: unknown) => this.#fail(error));
    if (resumed || !this.connected) this.sitting?.wake();
  }

  #taken(answer: Taken): void {
    this.connected = true;
    if (this.info === null) return;
    const ended = answer.state === 'handed_in';
    this.#heard({ ...this.info, state: answer.state, deadline: answer.deadline, now_ms: answer.now_ms });
    if (ended) this.#awake?.();
  }

  /** The signed receipt, checked before anyone is told that the paper arrived. */
  async #fetchReceipt(info: SeatInfo, headers: { authorization: string }): Promise<void> {
    const answer = await ask(api.GET('/seat/receipt', { headers }));
    const { receipt, receipt_salt, by } = answer;
    const stored = (await this.#journal?.events(`${info.sitting}/${info.number}`)) ?? [];
    this.ended = { by, reason: answer.reason ?? null, late: Math.max(0, stored.length - answer.events) };
    const { receipts } = await ask(api.GET('/trust'));
    const session = this.#session ?? (await load()).newSession();
    this.receipt = session.verifyReceipt(info.sitting, receipt, receipt_salt, receipts.key);
    this.sitting?.close();
  }

  #refused(error: ApiError): void {
    if (error.code === 'seat_moved') this.#stop('moved');
    else if (error.code === 'already_handed_in') this.#awake?.();
    else if (error.code === 'chain' && performance.now() - this.#rejoined > REJOIN_MS) {
      // Another window wrote: the service's events count, this PC's are set aside when the paper is opened again.
      this.#rejoined = performance.now();
      this.#reopen();
    } else this.#fail(error);
  }

  #reopen(): void {
    this.sitting = null;
    this.#awake?.();
  }

  #missed(error: unknown): void {
    const wasGone = error instanceof ApiError && error.code !== 'seat_moved' && this.receipt !== null;
    if (isTemporary(error) || wasGone) {
      this.connected = false;
    } else if (error instanceof ApiError && error.code === 'seat_moved') {
      this.#stop('moved');
    } else if (error instanceof ApiError && error.code === 'not_enrolled') {
      this.unbound = true;
      this.#started = true;
    } else if (error instanceof ApiError && error.code === 'not_open') {
      // The room was paused between two questions.
    } else {
      this.#fail(error);
    }
  }

  #tick(): void {
    if (this.sitting === null || this.#stopped !== null || this.receipt !== null || !roomClock.known) return;
    if (this.info?.state === 'handed_in') return;
    // Without the room's word nothing is handed in by itself: it may have given time, or have been off.
    if (!this.connected && this.info?.deadline.state === 'running' && this.info.deadline.ends_at_ms <= roomClock.now())
      return;
    this.sitting.tick().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    console.error(error);
    this.error = error;
    this.#stop('trouble');
    // Without a journal a reload would lose answers; then only a person decides.
    if (this.durable) setTimeout(() => location.reload(), RELOAD_MS);
  }

  #stop(why: 'moved' | 'other_window' | 'trouble'): void {
    this.#stopped = why;
    this.sitting?.close();
  }

  #sleep(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
