import { describe, expect, it } from 'vitest';
import { Journal, openJournal, PlaceTaken, type Store } from './journal.ts';

/** A device's storage that outlives a page, and can be made to fail. */
class Device implements Store {
  readonly written = new Map<string, string[]>();
  readonly notes = new Map<string, unknown>();
  broken = false;

  async events(stream: string): Promise<string[]> {
    return [...(this.written.get(stream) ?? [])];
  }
  async append(stream: string, place: number, event: string): Promise<void> {
    if (this.broken) throw new Error('disk full');
    const events = this.written.get(stream) ?? [];
    if (place < events.length) throw new PlaceTaken();
    if (events.length !== place) throw new Error(`place ${place} of ${events.length}`);
    this.written.set(stream, [...events, event]);
  }
  async keepAside(stream: string, event: string): Promise<void> {
    const aside = `${stream}#aside`;
    this.written.set(aside, [...(this.written.get(aside) ?? []), event]);
  }
  async setAside(stream: string, from: number): Promise<void> {
    const events = this.written.get(stream) ?? [];
    this.written.set(`${stream}#aside`, events.slice(from));
    this.written.set(stream, events.slice(0, from));
  }
  async note(key: string): Promise<unknown> {
    return this.notes.get(key);
  }
  async keep(key: string, value: unknown): Promise<void> {
    this.notes.set(key, value);
  }
}

describe('a journal', () => {
  it('finds after a reload what was written, in order', async () => {
    const device = new Device();
    const first = new Journal(device);
    await Promise.all(['a', 'b', 'c'].map((event) => first.append('s', event)));
    await first.keep('seed', '00');
    const again = new Journal(device);
    expect(await again.events('s')).toEqual(['a', 'b', 'c']);
    expect(await again.events('other')).toEqual([]);
    expect(await again.note('seed')).toBe('00');
  });

  it('goes on in memory when the device fails, says so once, and writes nothing after the gap', async () => {
    const device = new Device();
    let failures = 0;
    const journal = new Journal(device, () => (failures += 1));
    await journal.append('s', 'a');
    device.broken = true;
    await journal.append('s', 'b');
    device.broken = false;
    await journal.append('s', 'c');
    expect(await journal.events('s')).toEqual(['a', 'b', 'c']);
    expect(device.written.get('s')).toEqual(['a']);
    expect(journal.durable).toBe(false);
    expect(failures).toBe(1);
  });

  // Catches entries that vanish because a second window wrote the same stream on this device.
  it('keeps what another window was faster with, and goes on after a new reading', async () => {
    const device = new Device();
    const [one, two] = [new Journal(device), new Journal(device)];
    await Promise.all([one.events('s'), two.events('s')]);
    expect(await one.append('s', 'a')).toBe(true);
    expect([await two.append('s', 'x'), await two.append('s', 'y')]).toEqual([false, false]);
    expect([device.written.get('s'), device.written.get('s#aside')]).toEqual([['a'], ['x', 'y']]);
    expect(two.durable).toBe(true);
    expect(await two.reread('s')).toEqual(['a']);
    expect(await two.append('s', 'b')).toBe(true);
    expect(device.written.get('s')).toEqual(['a', 'b']);
    // The first window goes on again after the second one has written.
    expect(await one.reread('s')).toEqual(['a', 'b']);
    expect(await one.append('s', 'c')).toBe(true);
    expect(device.written.get('s')).toEqual(['a', 'b', 'c']);
  });

  it('keeps what it has when the device keeps nothing and it is read again', async () => {
    const journal = new Journal(null);
    await journal.append('s', 'a');
    expect(await journal.reread('s')).toEqual(['a']);
  });

  it('sets aside what went another way, and goes on after what is left', async () => {
    const device = new Device();
    const journal = new Journal(device);
    for (const event of ['a', 'x', 'y']) await journal.append('s', event);
    await journal.setAside('s', 1);
    await journal.append('s', 'b');
    expect(await journal.events('s')).toEqual(['a', 'b']);
    expect(device.written.get('s')).toEqual(['a', 'b']);
    expect(device.written.get('s#aside')).toEqual(['x', 'y']);
  });

  it('opens in memory where the browser has no IndexedDB', async () => {
    let failures = 0;
    const journal = await openJournal('test', () => (failures += 1));
    await journal.append('s', 'a');
    expect(await journal.events('s')).toEqual(['a']);
    expect([journal.durable, failures]).toEqual([false, 1]);
  });
});
