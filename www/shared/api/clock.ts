/** The service's time, carried on by the page's monotonic clock. The PC's own clock is never read. */
export class RoomClock {
  #offset: number | null = null;

  /** The service said `now_ms` in an answer that has just come. */
  heard(now_ms: number): void {
    this.#offset = now_ms - performance.now();
  }

  /** Whether the service was heard at all. */
  get known(): boolean {
    return this.#offset !== null;
  }

  /** Milliseconds since the epoch, by the service. */
  now(): number {
    if (this.#offset === null) throw new Error('the service has not told the time yet');
    return Math.floor(performance.now() + this.#offset);
  }
}

export const roomClock = new RoomClock();
