/**
 * What a device keeps of its own work: the events of its streams, in order, and a few notes beside them.
 *
 * Everything is mirrored in memory, so when IndexedDB is missing or fails the page goes on, and says that a reload
 * would lose what the service does not have yet ({@link Journal.durable}).
 */

import { IndexedStore } from './indexed.ts';

/** Where a journal lies on a device. Each write is durable when its promise is fulfilled. */
export interface Store {
  events(stream: string): Promise<string[]>;
  /** @throws PlaceTaken when another window has written at this place. */
  append(stream: string, place: number, event: string): Promise<void>;
  /** Keeps an event that cannot stand in its stream under another name. */
  keepAside(stream: string, event: string): Promise<void>;
  /** Moves the events of a stream from this place on out of the way; they stay readable under another name. */
  setAside(stream: string, from: number): Promise<void>;
  note(key: string): Promise<unknown>;
  keep(key: string, value: unknown): Promise<void>;
}

/** Another window has written an event of this stream at this place. */
export class PlaceTaken extends Error {}

export class Journal {
  readonly #store: Store | null;
  // Promises, so that two calls at once read the device once and write to one list.
  readonly #streams = new Map<string, Promise<string[]>>();
  readonly #notes = new Map<string, unknown>();
  /** Streams that another window went on with. */
  readonly #overtaken = new Set<string>();
  #durable: boolean;
  readonly #onfail: (error: unknown) => void;

  /** `onfail` hears once that the device keeps nothing from now on. */
  constructor(store: Store | null, onfail: (error: unknown) => void = () => {}) {
    this.#store = store;
    this.#durable = store !== null;
    this.#onfail = onfail;
  }

  /** Whether a reload finds again what was written. */
  get durable(): boolean {
    return this.#durable;
  }

  /** The events of a stream, oldest first. */
  events(stream: string): Promise<readonly string[]> {
    return this.#list(stream);
  }

  /** The same, read from the device once more, because another window may have written. */
  reread(stream: string): Promise<readonly string[]> {
    this.#overtaken.delete(stream);
    if (this.#durable) this.#streams.delete(stream);
    return this.#list(stream);
  }

  /**
   * Appends an event; fulfilled when it is stored, or when it is clear that this device cannot store it. False: another
   * window writes this stream. Then the event, and what follows it, is kept under another name until the stream is
   * read again.
   */
  async append(stream: string, event: string): Promise<boolean> {
    const events = await this.#list(stream);
    const place = events.push(event) - 1;
    if (!this.#overtaken.has(stream)) {
      try {
        await this.#try((store) => store.append(stream, place, event));
        return true;
      } catch (error) {
        if (!(error instanceof PlaceTaken)) throw error;
        this.#overtaken.add(stream);
      }
    }
    await this.#try((store) => store.keepAside(stream, event));
    return false;
  }

  /** Drops the events from this place on from the stream; the device keeps them under another name. */
  async setAside(stream: string, from: number): Promise<void> {
    const events = await this.#list(stream);
    if (events.length <= from) return;
    await this.#try((store) => store.setAside(stream, from));
    events.length = from;
  }

  /** A note, such as the seat's key. */
  async note<Value>(key: string): Promise<Value | undefined> {
    if (!this.#notes.has(key)) this.#notes.set(key, await this.#try((store) => store.note(key)));
    return this.#notes.get(key) as Value | undefined;
  }

  /** Keeps a note in place of an earlier one; `undefined` forgets it. */
  async keep(key: string, value: unknown): Promise<void> {
    this.#notes.set(key, value);
    await this.#try((store) => store.keep(key, value));
  }

  #list(stream: string): Promise<string[]> {
    let list = this.#streams.get(stream);
    if (list === undefined) {
      list = this.#try((store) => store.events(stream)).then((events) => events ?? []);
      this.#streams.set(stream, list);
    }
    return list;
  }

  async #try<Value>(work: (store: Store) => Promise<Value>): Promise<Value | undefined> {
    if (this.#store === null || !this.#durable) return undefined;
    try {
      return await work(this.#store);
    } catch (error) {
      if (error instanceof PlaceTaken) throw error;
      // One event that is missing breaks the chain on this device, so nothing is written after it either.
      this.#durable = false;
      this.#onfail(error);
      return undefined;
    }
  }
}

/** Opens this device's journal of an app, such as `seat`. Never fails: without IndexedDB it lives in memory. */
export async function openJournal(name: string, onfail?: (error: unknown) => void): Promise<Journal> {
  try {
    return new Journal(await IndexedStore.open(`kaoping-${name}`), onfail);
  } catch (error) {
    onfail?.(error);
    return new Journal(null, onfail);
  }
}
