import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, refusal } from '../api/error.ts';
import { Sender, type SendState } from './sender.ts';

/** A service that holds events, behind a network that can be cut. */
class Room {
  readonly held: string[] = [];
  /** Everything that the device has written, and what of it is not confirmed. */
  readonly written: string[] = [];
  readonly waiting: string[] = [];
  readonly states: SendState[] = [];
  readonly requests: string[][] = [];
  refused: ApiError | null = null;
  fail: (() => Error) | null = null;
  loseAnswer = false;
  readonly sender: Sender;

  constructor() {
    this.sender = new Sender({
      post: async (events) => {
        this.requests.push(events);
        if (this.fail !== null) throw this.fail();
        const first = this.written.indexOf(events[0] ?? '');
        if (first > this.held.length) throw brokenChain(this.held.at(-1) ?? null);
        for (const event of events) if (!this.held.includes(event)) this.held.push(event);
        if (this.loseAnswer) {
          this.loseAnswer = false;
          throw new NetworkError('cut');
        }
        return events.at(-1) ?? '';
      },
      confirm: (id) => {
        const place = this.waiting.indexOf(id);
        if (place >= 0) this.waiting.splice(0, place + 1);
        return place >= 0;
      },
      resumeAfter: (id) => {
        const held = id === null ? 0 : this.written.indexOf(id) + 1;
        const unsent = this.written.slice(held);
        const changed = (id === null || held > 0) && unsent.length !== this.waiting.length;
        if (changed) this.waiting.splice(0, this.waiting.length, ...unsent);
        return changed;
      },
      unsent: () => this.waiting.map((event) => ({ id: event, event })),
      changed: (state) => {
        if (this.states.at(-1) !== state) this.states.push(state);
      },
      refused: (error) => (this.refused = error),
    });
  }

  write(...events: string[]): void {
    this.written.push(...events);
    this.waiting.push(...events);
    this.sender.kick();
  }
}

const refuse = (status: number, code: string, more: object = {}): ApiError =>
  refusal(status, { error: { code, place: '', cause: { zh: '', en: '' }, cure: { zh: '', en: '' } }, ...more });

/** The service's answer to events that do not continue what it holds. */
const brokenChain = (head: string | null): ApiError => refuse(409, 'chain', { head });

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a sender', () => {
  it('sends in order, one request at a time, until all is confirmed', async () => {
    const room = new Room();
    room.write('a');
    room.write('b', 'c');
    await vi.runAllTimersAsync();
    expect(room.held).toEqual(['a', 'b', 'c']);
    expect(room.requests).toEqual([['a'], ['b', 'c']]);
    expect(room.states).toEqual(['saving', 'saved']);
  });

  it('keeps what the network lost, waits longer each time, and sends it when the network is back', async () => {
    const room = new Room();
    room.fail = () => new NetworkError('cut');
    room.write('a');
    await vi.advanceTimersByTimeAsync(999);
    expect(room.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(room.requests).toHaveLength(2);
    expect(room.states.at(-1)).toBe('offline');
    room.fail = null;
    room.written.push('b');
    room.waiting.push('b');
    room.sender.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(room.held).toEqual(['a', 'b']);
    expect(room.states.at(-1)).toBe('saved');
  });

  it('sends again after a lost answer, and nothing is stored twice', async () => {
    const room = new Room();
    room.loseAnswer = true;
    room.write('a', 'b');
    await vi.runAllTimersAsync();
    expect(room.requests).toHaveLength(2);
    expect(room.held).toEqual(['a', 'b']);
    expect(room.waiting).toEqual([]);
  });

  it('sends again what a service restored from an older backup lacks', async () => {
    for (const kept of [2, 0]) {
      const room = new Room();
      room.write('a', 'b', 'c');
      await vi.runAllTimersAsync();
      room.held.length = kept;
      room.write('d');
      await vi.runAllTimersAsync();
      expect(room.held).toEqual(['a', 'b', 'c', 'd']);
      expect(room.requests.slice(1)).toEqual([['d'], ['a', 'b', 'c', 'd'].slice(kept)]);
      expect([room.refused, room.states.at(-1)]).toEqual([null, 'saved']);
    }
  });

  it('goes back also when it has failed before', async () => {
    const room = new Room();
    room.write('a', 'b');
    await vi.runAllTimersAsync();
    room.held.length = 1;
    room.fail = () => new NetworkError('cut');
    room.write('c');
    await vi.advanceTimersByTimeAsync(500);
    room.fail = null;
    await vi.runAllTimersAsync();
    expect(room.held).toEqual(['a', 'b', 'c']);
  });

  it('stops when the service holds another stream, names no head, or refuses what it lacked', async () => {
    for (const [error, requests] of [
      [brokenChain('x'), 1],
      [refuse(409, 'chain'), 1],
      [brokenChain(null), 2],
    ] as const) {
      const room = new Room();
      room.write('a');
      await vi.runAllTimersAsync();
      room.requests.length = 0;
      room.fail = () => error;
      room.write('b');
      await vi.runAllTimersAsync();
      expect(room.refused).toBe(error);
      expect(room.requests).toHaveLength(requests);
      expect(room.states.at(-1)).toBe('stopped');
    }
  });

  it('waits while the room takes nothing, and through faults of the service', async () => {
    const passing = [refuse(403, 'not_open'), refuse(503, 'unavailable'), refuse(500, 'internal'), refuse(429, 'slow')];
    // The room's clock was put back; another request was faster; a service restored from a backup does not know the PC.
    for (const error of [...passing, refuse(409, 'ahead'), refuse(409, 'race'), refuse(401, 'not_enrolled')]) {
      const room = new Room();
      room.fail = () => error;
      room.write('a');
      await vi.advanceTimersByTimeAsync(10_000);
      expect(room.refused).toBeNull();
      room.fail = null;
      await vi.advanceTimersByTimeAsync(20_000);
      expect(room.held).toEqual(['a']);
    }
  });

  it('stops for good when the seat has moved', async () => {
    const room = new Room();
    room.fail = () => refuse(401, 'seat_moved');
    room.write('a');
    await vi.runAllTimersAsync();
    room.write('b');
    await vi.runAllTimersAsync();
    expect(room.refused?.code).toBe('seat_moved');
    expect(room.requests).toHaveLength(1);
    expect(room.states.at(-1)).toBe('stopped');
  });

  it('does not spin when an answer confirms nothing', async () => {
    const room = new Room();
    const confirm = vi.spyOn(room.waiting, 'indexOf').mockReturnValue(-1);
    room.write('a');
    await vi.advanceTimersByTimeAsync(900);
    expect(room.requests).toHaveLength(1);
    confirm.mockRestore();
    await vi.advanceTimersByTimeAsync(200);
    expect(room.waiting).toEqual([]);
  });
});
