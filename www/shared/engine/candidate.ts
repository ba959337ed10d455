/** The candidate face of the engine, typed. */

import init, { Candidate, newSeatKey } from './pkg/candidate/candidate.js';
import { once, unwrap } from './answer.ts';

export { EngineError } from './answer.ts';

/** What the engine asks of the page: to store, to send, to call `tick` at a time. */
export interface Output {
  persist?: string;
  send?: { id: string; event: string };
  wake_at?: number;
}

export type Notice = { notice: 'plenty' } | { notice: 'minutes'; minutes: 15 | 5 | 1 } | { notice: 'over' };

export interface View {
  /** Chosen options by item. */
  answers: Readonly<Record<string, readonly string[]>>;
  flagged: readonly string[];
  /** Items without an answer, in paper order. */
  not_done: readonly string[];
  answered: number;
  items: number;
  handed_in: boolean;
  unconfirmed: number;
  left_ms: number | null;
  notice: Notice;
}

export interface Turn {
  outputs: readonly Output[];
  view: View;
}

/** `kept`: how many stored events belong to the stream; those after them are to be set aside. */
export interface Started extends Turn {
  kept: number;
}

export interface Start {
  paper: string;
  several: readonly string[];
  sitting: string;
  number: number;
  seed: string;
  before: readonly string[];
  journal: readonly string[];
  local: readonly string[];
}

export interface CheckedReceipt {
  code: string;
  at_ms: number;
  answered: number;
  items: number;
  logged_by_ms: number;
  /** Whether it covers every event of the session; null without a session. */
  complete: boolean | null;
}

/** A session at one PC. All methods throw `EngineError`; the session is then as before. */
export class Session {
  readonly #face = new Candidate();

  start(now: number, start: Start): Started {
    return unwrap(this.#face.start(now, JSON.stringify(start)));
  }
  /** The deadline as the service sends it. */
  deadline(now: number, deadline: unknown): Turn {
    return unwrap(this.#face.deadline(now, JSON.stringify(deadline)));
  }
  open(now: number, digest: string, continues: string | undefined): Turn {
    return unwrap(this.#face.open(now, digest, continues));
  }
  answer(now: number, item: string, options: readonly string[]): Turn {
    return unwrap(this.#face.answer(now, item, JSON.stringify(options)));
  }
  flag(now: number, item: string, on: boolean): Turn {
    return unwrap(this.#face.flag(now, item, on));
  }
  handIn(now: number): Turn {
    return unwrap(this.#face.handIn(now));
  }
  tick(now: number): Turn {
    return unwrap(this.#face.tick(now));
  }
  confirm(id: string): boolean {
    return unwrap(this.#face.confirm(id));
  }
  /** Every event that is not confirmed, oldest first. */
  unsent(): { id: string; event: string }[] {
    const { outputs } = unwrap<{ outputs: Output[] }>(this.#face.resend());
    return outputs.flatMap((output) => output.send ?? []);
  }
  /** `key` is the service's receipt key as a JWK. */
  verifyReceipt(sitting: string, receipt: string, salt: string, key: unknown): CheckedReceipt {
    return unwrap(this.#face.verifyReceipt(sitting, receipt, salt, JSON.stringify(key)));
  }
}

export const load = once(async () => {
  await init();
  return {
    newSession: () => new Session(),
    newSeatKey: () => unwrap<{ seed: string; key: { crv: string; kty: string; x: string } }>(newSeatKey()),
  };
});
