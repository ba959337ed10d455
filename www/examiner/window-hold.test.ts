import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holdSheet, type Locks } from './window-hold.ts';

/** The locks of one browser, as the Web Locks specification has them, for one name. */
class Browser {
  #holder: { take(): void } | null = null;
  #waiting: (() => void)[] = [];

  readonly locks = {
    request: (_: string, options: LockOptions, work: () => Promise<void>): Promise<void> =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          const holder = { take: () => reject(new DOMException('stolen', 'AbortError')) };
          this.#holder = holder;
          void work().then(() => {
            if (this.#holder === holder) this.#next();
            resolve();
          });
        };
        if (options.steal === true) {
          this.#holder?.take();
          begin();
        } else if (this.#holder === null) begin();
        else {
          this.#waiting.push(begin);
          options.signal?.addEventListener('abort', () => {
            this.#waiting = this.#waiting.filter((waiting) => waiting !== begin);
            reject(options.signal?.reason);
          });
        }
      }),
  } as unknown as Locks;

  #next(): void {
    this.#holder = null;
    this.#waiting.shift()?.();
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function settled<Value>(promise: Promise<Value>): Promise<Value> {
  await vi.advanceTimersByTimeAsync(2_000);
  return promise;
}

describe('a sheet in two windows', () => {
  it('is held by the first, until another takes it over', async () => {
    const { locks } = new Browser();
    const lost = vi.fn();
    const first = await settled(holdSheet('a1', false, lost, locks));
    expect(first).not.toBeNull();
    expect(await settled(holdSheet('a1', false, vi.fn(), locks))).toBeNull();
    expect(lost).not.toHaveBeenCalled();
    expect(await settled(holdSheet('a1', true, vi.fn(), locks))).not.toBeNull();
    expect(lost).toHaveBeenCalledOnce();
  });

  // Catches a reload that finds its own sheet held by the page that was just left.
  it('waits a moment for a window that is being left', async () => {
    const { locks } = new Browser();
    const first = await settled(holdSheet('a1', false, vi.fn(), locks));
    const second = holdSheet('a1', false, vi.fn(), locks);
    await vi.advanceTimersByTimeAsync(200);
    first?.();
    expect(await settled(second)).not.toBeNull();
  });

  it('is open in a browser without locks', async () => {
    expect(await holdSheet('a1', false, vi.fn(), undefined)).not.toBeNull();
  });
});
