/** A session of the engine, typed. Every wasm entry point with a session offers the same calls. */

import { once, unwrap } from './answer.ts';
import type { DeviceKey, Started, Turn, Unsent } from './generated/types.ts';

/** What wasm-bindgen makes of an entry point with a session. */
interface Entry {
  start(now: number, start: string): string;
  handle(now: number, touch: string): string;
  tick(now: number): string;
  confirm(now: number, id: string): string;
  resumeAfter(now: number, id?: string | null): string;
  unsent(): string;
  checkpoint(seed: string): string;
}

/** All methods throw `EngineError`; the session is then as before. */
export class Session<Start, Touch, View> {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** Starts the session with all events that device and service hold. */
  start(now: number, start: Start): Started<View> {
    return unwrap(this.#entry.start(now, JSON.stringify(start)));
  }
  handle(now: number, touch: Touch): Turn<View> {
    return unwrap(this.#entry.handle(now, JSON.stringify(touch)));
  }
  /** Time has passed. */
  tick(now: number): Turn<View> {
    return unwrap(this.#entry.tick(now));
  }
  /** The service has this event and all before it; null when nobody waits for it. */
  confirm(now: number, id: string): View | null {
    return unwrap(this.#entry.confirm(now, id));
  }
  /** The service names the last event that it holds, null for none; null when there is nothing new to send. */
  resumeAfter(now: number, id: string | null): View | null {
    return unwrap(this.#entry.resumeAfter(now, id));
  }
  /** Every event that is not confirmed, oldest first. */
  unsent(): Unsent[] {
    return unwrap(this.#entry.unsent());
  }
  /** The stream as it stands, signed with the key of this seed. */
  checkpoint(seed: string): string {
    return unwrap(this.#entry.checkpoint(seed));
  }
}

/** Loads an entry point with a session, once. */
export function loader<Made>(init: () => Promise<unknown>, newSession: () => Made, newDeviceKey: () => string) {
  return once(async () => {
    await init();
    return { newSession, newDeviceKey: () => unwrap<DeviceKey>(newDeviceKey()) };
  });
}
