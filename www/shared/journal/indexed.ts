/** A journal in IndexedDB, which plain http has too. */

import { PlaceTaken, type Store } from './journal.ts';

const EVENTS = 'events';
const NOTES = 'notes';
/** A private window of an old browser may never answer. */
const PATIENCE_MS = 4_000;

interface Row {
  stream: string;
  place: number;
  event: string;
}

export class IndexedStore implements Store {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @throws when the browser has no IndexedDB, refuses it, or does not answer. */
  static async open(name: string): Promise<IndexedStore> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(EVENTS, { keyPath: ['stream', 'place'] });
      request.result.createObjectStore(NOTES);
    };
    const timeout = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('IndexedDB does not answer')), PATIENCE_MS);
    });
    return new IndexedStore(await Promise.race([settled(request), timeout]));
  }

  async events(stream: string): Promise<string[]> {
    const rows = this.#database.transaction(EVENTS).objectStore(EVENTS).getAll(wholeStream(stream)) as IDBRequest<
      Row[]
    >;
    return (await settled(rows)).map((row) => row.event);
  }

  async append(stream: string, place: number, event: string): Promise<void> {
    const transaction = this.#write(EVENTS);
    // `add`, not `put`: a second writer of the same place must fail, not replace.
    transaction.objectStore(EVENTS).add({ stream, place, event } satisfies Row);
    try {
      await done(transaction);
    } catch (error) {
      throw error instanceof DOMException && error.name === 'ConstraintError' ? new PlaceTaken() : error;
    }
  }

  async keepAside(stream: string, event: string): Promise<void> {
    const transaction = this.#write(EVENTS);
    const events = transaction.objectStore(EVENTS);
    const aside = asideOf(stream);
    const place = await settled(events.count(wholeStream(aside)));
    events.add({ stream: aside, place, event } satisfies Row);
    await done(transaction);
  }

  async setAside(stream: string, from: number): Promise<void> {
    const transaction = this.#write(EVENTS);
    const events = transaction.objectStore(EVENTS);
    const rows = await settled(events.getAll(wholeStream(stream, from)) as IDBRequest<Row[]>);
    const aside = asideOf(stream);
    for (const row of rows) {
      events.delete([row.stream, row.place]);
      events.put({ ...row, stream: aside } satisfies Row);
    }
    await done(transaction);
  }

  async note(key: string): Promise<unknown> {
    return settled(this.#database.transaction(NOTES).objectStore(NOTES).get(key) as IDBRequest<unknown>);
  }

  async keep(key: string, value: unknown): Promise<void> {
    const transaction = this.#write(NOTES);
    const notes = transaction.objectStore(NOTES);
    if (value === undefined) notes.delete(key);
    else notes.put(value, key);
    await done(transaction);
  }

  #write(store: string): IDBTransaction {
    // `strict`: fulfilled only once the system was told to write to the disk, so that a power cut takes nothing.
    return this.#database.transaction(store, 'readwrite', { durability: 'strict' });
  }
}

/** A name that no stream has; the time only keeps two of them apart. */
function asideOf(stream: string): string {
  return `${stream}#aside-${Date.now()}`;
}

function wholeStream(stream: string, from = 0): IDBKeyRange {
  return IDBKeyRange.bound([stream, from], [stream, Number.MAX_SAFE_INTEGER]);
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted'));
  });
}
