import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, refusal } from '../api/error.ts';
import type { Started, Turn, Unsent } from '../engine/generated/types.ts';
import { begin, EngineJournal, type EngineSession, type Surroundings } from './engine-journal.svelte.ts';
import { Journal, PlaceTaken, type Store } from './journal.ts';

type View = { events: number; unconfirmed: number };

/** A session whose events are the words that it is given. */
class Words implements EngineSession<string, View> {
  events: string[] = [];
  confirmed = 0;

  start(_: number, start: { device: string[]; kept: number }): Started<View> {
    this.events = start.device.slice(0, start.kept);
    return { kept: start.kept, aside: start.device.length - start.kept, unreadable: 0, turn: this.#turn([]) };
  }
  handle(_: number, touch: string): Turn<View> {
    if (touch === '') throw new Error('refused');
    this.events.push(touch);
    return this.#turn([touch]);
  }
  tick(): Turn<View> {
    return this.#turn([]);
  }
  confirm(_: number, id: string): View | null {
    const place = this.events.indexOf(id, this.confirmed);
    if (place < 0) return null;
    this.confirmed = place + 1;
    return this.#turn([]).view;
  }
  resumeAfter(_: number, id: string | null): View | null {
    const held = id === null ? 0 : this.events.indexOf(id) + 1;
    if ((id !== null && held === 0) || held === this.confirmed) return null;
    this.confirmed = held;
    return this.#turn([]).view;
  }
  unsent(): Unsent[] {
    return this.events.slice(this.confirmed).map((event) => ({ id: event, event }));
  }

  #turn(persist: string[]): Turn<View> {
    return { persist, view: { events: this.events.length, unconfirmed: this.events.length - this.confirmed } };
  }
}

/** A disk on which each write waits until the test lets it through. */
class SlowDisk implements Store {
  readonly written: string[] = [];
  readonly aside: string[] = [];
  /** Another window has written. */
  taken = false;
  readonly #waiting: (() => void)[] = [];

  events = async (): Promise<string[]> => [...this.written];
  note = async (): Promise<unknown> => undefined;
  keep = async (): Promise<void> => {};
  keepAside = async (_: string, event: string): Promise<void> => void this.aside.push(event);
  setAside = async (_: string, from: number): Promise<void> => void (this.written.length = from);
  append(_: string, place: number, event: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#waiting.push(() => {
        if (this.taken) return reject(new PlaceTaken());
        this.written[place] = event;
        resolve();
      }),
    );
  }

  async release(): Promise<void> {
    this.#waiting.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

/** A page whose hand-in, `end`, goes by a request of its own. */
class Page extends EngineJournal<string, View> {
  protected override sendable(unsent: Unsent[]): Unsent[] {
    return unsent.filter(({ id }) => id !== 'end');
  }
  handIn(request: (events: string[]) => Promise<string>): Promise<void> {
    return this.deliver(request);
  }
}

interface Heard {
  posted: string[][];
  refusals: ApiError[];
  overtakings: number;
}

function surroundings(disk: SlowDisk): Surroundings<Words> & Heard {
  const posted: string[][] = [];
  const refusals: ApiError[] = [];
  return {
    session: new Words(),
    journal: new Journal(disk),
    stream: 's',
    now: () => 0,
    post: async (events) => {
      posted.push(events);
      return events.at(-1) ?? '';
    },
    refused: (error) => refusals.push(error),
    overtaken(this: Heard) {
      this.overtakings += 1;
    },
    overtakings: 0,
    posted,
    refusals,
  };
}

async function opened(disk = new SlowDisk(), kept = disk.written.length) {
  const around = surroundings(disk);
  const started = await begin(around, (device) => ({ device, kept }));
  return { disk, around, page: new Page(around, started) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an engine journal', () => {
  it('shows at once, stores one event after the other, and sends only what is stored', async () => {
    const { disk, around, page } = await opened();
    page.resume();
    const stored = Promise.all([page.touch('a'), page.touch('b')]);
    expect(page.view).toEqual({ events: 2, unconfirmed: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect([disk.written, around.posted, page.sending]).toEqual([[], [], 'saving']);
    await disk.release();
    expect([disk.written, around.posted]).toEqual([['a'], [['a']]]);
    expect(page.sending).toBe('saving');
    await disk.release();
    await stored;
    await vi.advanceTimersByTimeAsync(0);
    expect([disk.written, around.posted]).toEqual([
      ['a', 'b'],
      [['a'], ['b']],
    ]);
    expect([page.sending, page.view.unconfirmed]).toEqual(['saved', 0]);
  });

  it('begins with what the device holds and sets aside what no longer counts', async () => {
    const disk = new SlowDisk();
    disk.written.push('a', 'b', 'c');
    const { around, page } = await opened(disk, 2);
    expect([page.aside, page.view.events, disk.written]).toEqual([1, 2, ['a', 'b']]);
    page.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(around.posted).toEqual([['a', 'b']]);
  });

  it('says what the engine refuses, and goes on', async () => {
    const { disk, page } = await opened();
    await expect(page.touch('')).rejects.toThrow('refused');
    void page.touch('a');
    await vi.advanceTimersByTimeAsync(0);
    await disk.release();
    expect([page.view.events, disk.written]).toEqual([1, ['a']]);
  });

  it('stops when the service refuses, and sends again when it is asked to', async () => {
    const disk = new SlowDisk();
    disk.written.push('a');
    const { around, page } = await opened(disk);
    const post = around.post;
    around.post = async () => {
      throw refusal(401, {});
    };
    page.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect([page.refused?.status, around.refusals.length, page.sending]).toEqual([401, 1, 'stopped']);
    around.post = post;
    page.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect([page.refused, page.sending, around.posted]).toEqual([null, 'saved', [['a']]]);
  });

  // Catches a sheet whose entries stay on the tablet, or whose end is sent without what must go with it.
  it('sends by itself all but what a request of its own takes', async () => {
    const disk = new SlowDisk();
    disk.written.push('a', 'end');
    const { around, page } = await opened(disk);
    page.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect([around.posted, page.view.unconfirmed]).toEqual([[['a']], 1]);
    await page.handIn(async (events) => events.at(-1) ?? '');
    expect(page.view.unconfirmed).toBe(0);
  });

  // Catches a window that goes on, and sends, after another window has written the same stream.
  it('stops when another window writes its stream', async () => {
    const { disk, around, page } = await opened();
    page.resume();
    void page.touch('a');
    void page.touch('b');
    await vi.advanceTimersByTimeAsync(0);
    disk.taken = true;
    await disk.release();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([disk.written, disk.aside, around.posted]).toEqual([[], ['a', 'b'], []]);
    expect([around.overtakings > 0, page.sending]).toEqual([true, 'stopped']);
  });

  it('hands in once everything is stored, with all that a restored service lacks', async () => {
    const disk = new SlowDisk();
    disk.written.push('a', 'b');
    const { around, page } = await opened(disk);
    around.session.confirm(0, 'b');
    const requests: string[][] = [];
    void page.touch('end');
    const done = page.handIn(async (events) => {
      requests.push(events);
      if (events[0] === 'end') throw refusal(409, { ...broken, head: 'a' });
      return 'end';
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toEqual([]);
    await disk.release();
    await done;
    expect(requests).toEqual([['end'], ['b', 'end']]);
    expect(page.view.unconfirmed).toBe(0);
    await expect(page.handIn(() => Promise.reject(new NetworkError('cut')))).rejects.toThrow(NetworkError);
  });
});

const broken = { error: { code: 'chain', place: 'events', cause: { zh: '', en: '' }, cure: { zh: '', en: '' } } };
