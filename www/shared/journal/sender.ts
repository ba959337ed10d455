/** Sends events in order, one request at a time, until the service has them; waits longer after each failure. */

import { ApiError, isTemporary, NetworkError } from '../api/error.ts';
import type { Unsent } from '../engine/generated/types.ts';

/** What the person is told about the connection. */
export type SendState = 'saved' | 'saving' | 'offline' | 'stopped';

export interface Transport {
  /** Posts events, oldest first; answers the identity of the last one that is durable at the service. */
  post(events: string[]): Promise<string>;
  /** The service has this event and all before it. False: nobody waits for it. */
  confirm(id: string): boolean;
  /**
   * The last event that the service holds, null when it holds none: what comes after it counts as unsent again. False
   * when that changes nothing, or when the event is not of this device.
   */
  resumeAfter(id: string | null): boolean;
  /** Every event that is not confirmed, oldest first. */
  unsent(): Unsent[];
  /** What the person should be told has changed. */
  changed(state: SendState): void;
  /** The service refuses for good; nothing more is sent. */
  refused(error: ApiError): void;
}

const BATCH = 50;
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Sender {
  readonly #transport: Transport;
  #running = false;
  #again = false;
  #failures = 0;
  /** Whether the last answer was a broken chain after which sending went back. */
  #resumed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    globalThis.addEventListener?.('online', this.wake);
  }

  /** Sends whatever is not confirmed. Call it after each touch, and whenever the network may be back. */
  kick(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    void this.#run();
  }

  /** Ends all sending. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.('online', this.wake);
    this.#transport.changed('stopped');
  }

  /** The way is open again, as far as anyone knows: sends at once. */
  readonly wake = (): void => {
    this.#failures = 0;
    this.kick();
  };

  async #run(): Promise<void> {
    this.#running = true;
    try {
      do {
        this.#again = false;
        while (!this.#stopped && (await this.#step())) {
          // Until all is confirmed.
        }
      } while (this.#again && !this.#stopped && this.#failures === 0);
    } finally {
      this.#running = false;
    }
  }

  /** Whether there is more to do now. */
  async #step(): Promise<boolean> {
    const unsent = this.#transport.unsent().slice(0, BATCH);
    if (unsent.length === 0) {
      this.#transport.changed('saved');
      return false;
    }
    this.#transport.changed(this.#failures === 0 ? 'saving' : 'offline');
    try {
      const acknowledged = await this.#transport.post(unsent.map((entry) => entry.event));
      this.#failures = 0;
      this.#resumed = false;
      // An answer that confirms nothing must not make a loop without a pause.
      if (this.#transport.confirm(acknowledged)) return true;
      this.#wait();
    } catch (error) {
      this.#failed(error);
    }
    return false;
  }

  #failed(error: unknown): void {
    // A paused room takes nothing now, and everything when it goes on. A service that does not know this device may have
    // been restored from a backup, and may know it again: whether it does is for a person to decide, not for this sender.
    const waits = error instanceof ApiError && (error.code === 'not_open' || error.code === 'not_enrolled');
    if (!(error instanceof ApiError) || isTemporary(error) || waits) {
      if (!(error instanceof ApiError) && !(error instanceof NetworkError)) console.error(error);
      this.#wait();
      return;
    }
    const held = lastHeld(error);
    if (held !== undefined && !this.#resumed && this.#transport.resumeAfter(held)) {
      // The service was restored from a backup and holds less than it has confirmed: it gets what it lacks.
      this.#resumed = true;
      this.#failures = 0;
      this.#again = true;
      return;
    }
    this.#transport.refused(error);
    this.stop();
  }

  #wait(): void {
    const wait = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)] ?? 15_000;
    this.#failures += 1;
    this.#transport.changed('offline');
    // A room of PCs must not come back all in the same moment.
    this.#timer = setTimeout(() => this.kick(), wait * (0.75 + Math.random() / 2));
  }
}

/**
 * The last event that the service says it holds when events do not continue its chain, null when it holds none;
 * `undefined` when the error says nothing of the kind.
 */
export function lastHeld(error: unknown): string | null | undefined {
  if (!(error instanceof ApiError) || error.code !== 'chain') return undefined;
  const { head } = error.answer;
  return typeof head === 'string' || head === null ? head : undefined;
}
