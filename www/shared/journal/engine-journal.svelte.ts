/** A session of the engine on this device: the engine acts, the device stores, then the service gets it. */

import type { ApiError } from '../api/error.ts';
import type { Started, Turn, Unsent } from '../engine/generated/types.ts';
import type { Journal } from './journal.ts';
import { lastHeld, Sender, type SendState } from './sender.ts';

/** What a session of the engine offers (`engine/session.ts`). */
export interface EngineSession<Touch, View> {
  handle(now: number, touch: Touch): Turn<View>;
  tick(now: number): Turn<View>;
  confirm(now: number, id: string): View | null;
  resumeAfter(now: number, id: string | null): View | null;
  unsent(): Unsent[];
}

/** The session with everything around it: where its events are stored, what time it is, and who gets them. */
export interface Surroundings<Session> {
  session: Session;
  journal: Journal;
  /** The name of the session's events in the journal. */
  stream: string;
  now(): number;
  /** Posts events, oldest first; answers the identity of the last one that is durable at the service. */
  post(events: string[]): Promise<string>;
  /** The service refuses for good. */
  refused?(error: ApiError): void;
  /** Another window writes this stream: what was entered here last is kept, but does not count. Nothing more is sent. */
  overtaken(): void;
}

/** Starts a session with what this device has stored, and sets aside what of it no longer counts. */
export async function begin<Start, View>(
  around: Surroundings<{ start(now: number, start: Start): Started<View> }>,
  start: (device: string[]) => Start,
): Promise<Started<View>> {
  const device = [...(await around.journal.reread(around.stream))];
  const started = around.session.start(around.now(), start(device));
  await around.journal.setAside(around.stream, started.kept);
  return started;
}

export class EngineJournal<Touch, View> {
  /** Events of this device that count no longer: another device went on, or they cannot be read. */
  readonly aside: number;
  /** How many of them this device could not read. */
  readonly unreadable: number;
  readonly #around: Surroundings<EngineSession<Touch, View>>;
  #view: View = $state.raw() as View;
  #sending: SendState = $state('saved');
  #refused: ApiError | null = $state.raw(null);
  #sender: Sender | null = null;
  /** Stores one event after the other. */
  #storing: Promise<void> = Promise.resolve();
  /** The newest events, which the device is still storing: they are not sent yet. */
  #unstored = 0;

  constructor(around: Surroundings<EngineSession<Touch, View>>, started: Started<View>) {
    this.#around = around;
    this.aside = started.aside;
    this.unreadable = started.unreadable;
    void this.#take(started.turn);
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

  /**
   * Lets the person's touch happen. The view is new at once; the promise is fulfilled when everything is stored.
   *
   * @throws EngineError when it cannot happen.
   */
  touch(touch: Touch): Promise<void> {
    return this.act((session, now) => session.handle(now, touch));
  }

  /** Brings the time up to date. */
  tick(): Promise<void> {
    return this.act((session, now) => session.tick(now));
  }

  /** Begins to send, or begins again after the service has refused. */
  resume(): void {
    this.#refused = null;
    this.#sender?.stop();
    this.#sender = new Sender({
      post: (events) => this.#around.post(events),
      confirm: (id) => this.#confirm(id),
      resumeAfter: (id) => this.#resumeAfter(id),
      unsent: () => this.sendable(this.#unsent()),
      changed: (state) => (this.#sending = state === 'saved' && this.#unstored > 0 ? 'saving' : state),
      refused: (error) => {
        this.#refused = error;
        this.#around.refused?.(error);
      },
    });
    this.#sender.kick();
  }

  /** The network is back, or the service takes events again. */
  wake(): void {
    this.#sender?.wake();
  }

  /** Ends sending; what is not sent stays in this device's journal. */
  close(): void {
    this.#sender?.stop();
    this.#sender = null;
  }

  /** Which of the unsent events are sent by themselves: all, unless a request of its own takes the last one. */
  protected sendable(unsent: Unsent[]): Unsent[] {
    return unsent;
  }

  /** Hands everything that is not sent to one request, such as a hand-in, which answers the last event held. */
  protected async deliver(request: (events: string[]) => Promise<string>): Promise<void> {
    await this.#storing;
    const attempt = async (): Promise<void> => {
      this.#confirm(await request(this.#unsent().map(({ event }) => event)));
    };
    try {
      await attempt();
    } catch (error) {
      const held = lastHeld(error);
      if (held === undefined || !this.#resumeAfter(held)) throw error;
      await attempt();
    }
  }

  /** Lets the engine act, shows what came of it, stores that, and then sends it. */
  protected async act(call: (session: EngineSession<Touch, View>, now: number) => Turn<View>): Promise<void> {
    await this.#take(call(this.#around.session, this.#around.now()));
  }

  #take(turn: Turn<View>): Promise<void> {
    this.#view = turn.view;
    if (turn.persist.length === 0) return this.#storing;
    this.#unstored += turn.persist.length;
    if (this.#sender !== null) this.#sending = 'saving';
    const stored = this.#storing.then(async () => {
      for (const event of turn.persist) {
        if (!(await this.#around.journal.append(this.#around.stream, event))) this.#overtaken();
        this.#unstored -= 1;
      }
      this.#sender?.kick();
    });
    this.#storing = stored;
    return stored;
  }

  #overtaken(): void {
    this.close();
    this.#around.overtaken();
  }

  #unsent(): Unsent[] {
    const unsent = this.#around.session.unsent();
    return unsent.slice(0, Math.max(0, unsent.length - this.#unstored));
  }

  #confirm(id: string): boolean {
    return this.#show(this.#around.session.confirm(this.#around.now(), id));
  }

  #resumeAfter(id: string | null): boolean {
    return this.#show(this.#around.session.resumeAfter(this.#around.now(), id));
  }

  #show(view: View | null): boolean {
    if (view !== null) this.#view = view;
    return view !== null;
  }
}
