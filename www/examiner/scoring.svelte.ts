/** One sheet being scored: the engine decides, the journal keeps, the sender sends. */

import { api, ApiError, ask, NetworkError } from '../shared/api/client.ts';
import { load, unwrap } from '../shared/engine/examiner.ts';
import type { Examiner } from '../shared/engine/pkg/examiner/examiner.js';
import type { Journal } from '../shared/journal/journal.ts';
import { Sender, type SendState, type Unsent } from '../shared/journal/sender.ts';
import { journal, keepLocalState, now, opened, tabletKey } from './device.svelte.ts';
import type { Sheet, StartTurn, TimerName, Turn, View } from './sheet.ts';

/** What became of a hand-in: it is at the service, it waits for the network, or the PIN was wrong. */
export type HandedIn = 'done' | 'waiting' | 'wrong_pin';

export class Scoring {
  readonly assignment: string;
  readonly number: number;
  readonly sheet: Sheet;
  /** Steps of this tablet that do not count, because another tablet went on. */
  readonly aside: number;
  readonly #stream: string;
  readonly #engine: Examiner;
  readonly #journal: Journal;
  #sender: Sender | null = null;
  #writing: Promise<void> = Promise.resolve();
  #view: View;
  #sending: SendState;
  #refused: ApiError | null;

  private constructor(
    place: { assignment: string; number: number; sheet: Sheet; stream: string },
    engine: Examiner,
    notes: Journal,
    started: StartTurn,
  ) {
    this.assignment = place.assignment;
    this.number = place.number;
    this.sheet = place.sheet;
    this.#stream = place.stream;
    this.#engine = engine;
    this.#journal = notes;
    this.aside = started.aside;
    this.#view = $state.raw(started.view);
    this.#sending = $state('saved');
    this.#refused = $state.raw(null);
  }

  /**
   * Opens a sheet, with everything that tablet and service hold of it.
   *
   * @throws NetworkError when neither has the sheet, EngineError when it cannot be used.
   */
  static async open(assignment: string): Promise<Scoring> {
    const answer = await opened(assignment);
    const [notes, face] = await Promise.all([journal(), load()]);
    const stream = answer.assignment.stream;
    const own = await notes.events(stream);
    const engine = new face.Examiner();
    const start = { sheet: answer.sheet, assignment: answer.assignment, journal: own, stored: answer.journal };
    const turn = unwrap<StartTurn>(engine.start(now(), JSON.stringify(start)));
    if (turn.aside > 0) await notes.setAside(stream, turn.kept);
    for (const event of turn.missing) await notes.append(stream, event);
    const place = { assignment, number: answer.number, sheet: answer.sheet as unknown as Sheet, stream };
    const scoring = new Scoring(place, engine, notes, turn);
    if (turn.view.handed_in === null) scoring.resume();
    return scoring;
  }

  get view(): View {
    return this.#view;
  }
  get sending(): SendState {
    return this.#sending;
  }
  /** Why the service takes nothing more. */
  get refused(): ApiError | null {
    return this.#refused;
  }

  begin(): Promise<void> {
    return this.#act((engine, at) => engine.begin(at));
  }
  score(item: string, award: string): Promise<void> {
    return this.#act((engine, at) => engine.score(at, item, award));
  }
  clear(item: string): Promise<void> {
    return this.#act((engine, at) => engine.clear(at, item));
  }
  undo(): Promise<void> {
    return this.#act((engine, at) => engine.undo(at));
  }
  mark(veto: string, note: string): Promise<void> {
    return this.#act((engine, at) => engine.mark(at, veto, note));
  }
  withdraw(veto: string): Promise<void> {
    return this.#act((engine, at) => engine.withdraw(at, veto));
  }
  timer(timer: TimerName, running: boolean): Promise<void> {
    return this.#act((engine, at) => engine.timer(at, JSON.stringify(timer), running));
  }
  notDone(): Promise<void> {
    return this.#act((engine, at) => engine.notDone(at));
  }
  /** Brings the timers up to date. */
  tick(): void {
    this.#view = unwrap<Turn>(this.#engine.tick(now())).view;
  }

  /** Sends again, after the login was renewed. */
  resume(): void {
    this.#refused = null;
    this.#sender?.stop();
    this.#sender = new Sender({
      post: async (events) => {
        const params = { path: { assignment: this.assignment } };
        const body = { events };
        return (await ask(api.POST('/examiner/assignments/{assignment}/events', { params, body }))).acknowledged;
      },
      confirm: (id) => this.#confirm(id),
      unsent: () => this.#unsent(),
      changed: (state) => (this.#sending = state),
      refused: (error) => (this.#refused = error),
    });
    this.#sender.kick();
  }

  /** Ends sending when the sheet is left; what is not sent goes on from the journal when it is opened again. */
  close(): void {
    this.#sender?.stop();
    this.#sender = null;
  }

  /** Hands in: first on this tablet, then at the service, which checks the PIN. Call again with another PIN, or later. */
  async handIn(pin: string): Promise<HandedIn> {
    this.close();
    if (this.#view.handed_in === null) {
      const total = this.#view.total_half_marks;
      await this.#act((engine, at) => engine.handIn(at, total));
      await keepLocalState(this.assignment, 'unsent');
    }
    const { seed, key } = await tabletKey();
    try {
      await this.#post(pin, seed, key);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'wrong_pin') return 'wrong_pin';
      // The answer to an earlier try was lost on its way.
      if (error instanceof ApiError && error.code === 'already_handed_in') return this.#settled();
      if (error instanceof NetworkError || (error instanceof ApiError && error.status >= 500)) return 'waiting';
      throw error;
    }
    return this.#settled();
  }

  async #settled(): Promise<HandedIn> {
    await keepLocalState(this.assignment, 'handed_in');
    return 'done';
  }

  async #post(pin: string, seed: string, key: Awaited<ReturnType<typeof tabletKey>>['key']): Promise<void> {
    const params = { path: { assignment: this.assignment } };
    const checkpoint = unwrap<{ message: string }>(this.#engine.checkpoint(seed)).message;
    const request = async (): Promise<void> => {
      const events = this.#unsent().map((entry) => entry.event);
      const body = { events, checkpoint, key, pin };
      const answer = await ask(api.POST('/examiner/assignments/{assignment}/hand-in', { params, body }));
      this.#confirm(answer.acknowledged);
    };
    try {
      await request();
    } catch (error) {
      // The service holds more than it could say before the connection broke.
      const head = error instanceof ApiError && error.code === 'chain' ? error.answer.head : undefined;
      if (typeof head !== 'string' || !this.#confirm(head)) throw error;
      await request();
    }
  }

  /** Lets the engine act; stores what it asks to store, then sends. */
  async #act(call: (engine: Examiner, at: number) => string): Promise<void> {
    const turn = unwrap<Turn>(call(this.#engine, now()));
    this.#view = turn.view;
    const events = turn.outputs.flatMap((output) => (output.persist === undefined ? [] : [output.persist]));
    this.#writing = this.#writing.then(async () => {
      for (const event of events) await this.#journal.append(this.#stream, event);
    });
    await this.#writing;
    if (events.length > 0 && this.#view.handed_in === null) await keepLocalState(this.assignment, 'started');
    this.#sender?.kick();
  }

  #unsent(): Unsent[] {
    const turn = unwrap<Turn>(this.#engine.resend(now()));
    return turn.outputs.flatMap((output) => (output.send === undefined ? [] : [output.send]));
  }

  #confirm(id: string): boolean {
    const before = this.#view.unconfirmed;
    this.#view = unwrap<Turn>(this.#engine.confirm(now(), id)).view;
    return this.#view.unconfirmed < before;
  }
}
