import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, refusal } from '../api/error.ts';
import { Sender, type SendState } from './sender.ts';

/** A service that holds events, behind a network that can be cut. */
class Room {
  readonly held: string[] = [];
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
      unsent: () => this.waiting.map((event) => ({ id: event, event })),
      changed: (state) => {
        if (this.states.at(-1) !== state) this.states.push(state);
      },
      refused: (error) => (this.refused = error),
    });
  }

  write(...events: string[]): void {
    this.waiting.push(...events);
    this.sender.kick();
  }
}

const refuse = (status: number, code: string, more: object = {}): ApiError =>
  refusal(status, { error: { code, place: '', cause: { zh: '', en: '' }, cure: { zh: '', en: '' } }, ...more });

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

  it('goes on from the head that a broken chain names', async () => {
    const room = new Room();
    room.fail = () => {
      room.fail = null;
      return refuse(409, 'chain', { head: 'b' });
    };
    room.write('a', 'b', 'c');
    await vi.runAllTimersAsync();
    expect(room.requests).toEqual([['a', 'b', 'c'], ['c']]);
    expect(room.refused).toBeNull();
  });

  it('waits while the room takes nothing, and through faults of the service', async () => {
    for (const error of [refuse(403, 'not_open'), refuse(503, 'store'), refuse(429, 'slow')]) {
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
