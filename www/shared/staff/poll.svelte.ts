/** A view that is asked for again and again. After a failure the last one stays, and it is said how old it is. */

import { roomClock } from '../api/client.ts';
import { ended } from './account.svelte.ts';

export class Poll<View> {
  readonly #load: () => Promise<View>;
  readonly #every_ms: number;
  #view = $state.raw<View | null>(null);
  #error = $state.raw<unknown>(null);
  #at_ms = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #asked = 0;

  constructor(load: () => Promise<View>, every_ms: number) {
    this.#load = load;
    this.#every_ms = every_ms;
  }

  get view(): View | null {
    return this.#view;
  }
  /** Why the last request failed. */
  get error(): unknown {
    return this.#error;
  }
  /** When the view was true, by the service's clock. */
  get at_ms(): number | null {
    return this.#at_ms;
  }

  /** Asks now, and from now on regularly; the result ends it. */
  start(): () => void {
    this.#stopped = false;
    void this.refresh();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  /** Asks now. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    try {
      const view = await this.#load();
      if (asked === this.#asked) this.take(view);
    } catch (error) {
      if (!ended(error)) this.#error = error;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.refresh(), this.#every_ms);
  }

  /** A newer view, as an action answers it. */
  take(view: View): void {
    this.#asked += 1;
    this.#view = view;
    this.#error = null;
    this.#at_ms = roomClock.known ? roomClock.now() : null;
  }
}
