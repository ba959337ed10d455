/** An action of a page: whether it runs, and why it failed. */

import { ended } from './account.svelte.ts';

export class Action {
  #busy = $state(false);
  #error = $state.raw<unknown>(null);

  get busy(): boolean {
    return this.#busy;
  }
  /** Why the last run failed; null while it runs, and when it succeeded. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Runs `work` and keeps what it throws. An ended session is not kept: the page shows the login then.
   * True when `work` succeeded.
   */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    this.#busy = true;
    this.#error = null;
    try {
      await work();
      return true;
    } catch (caught) {
      if (!ended(caught)) this.#error = caught;
      return false;
    } finally {
      this.#busy = false;
    }
  }

  /** Forgets why the last run failed. */
  clear(): void {
    this.#error = null;
  }
}
