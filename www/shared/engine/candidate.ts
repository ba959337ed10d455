/** The candidate's entry point of the engine, typed. */

import init, { Candidate, newDeviceKey } from './pkg/candidate/candidate.js';
import { unwrap } from './answer.ts';
import type {
  CandidateStart,
  CandidateTouch,
  CandidateView,
  CheckedReceipt,
  Deadline,
  PublicKey,
  Turn,
} from './generated/types.ts';
import { loader, Session } from './session.ts';

export { EngineError } from './answer.ts';

/** A theory session at one PC. */
export class CandidateSession extends Session<CandidateStart, CandidateTouch, CandidateView> {
  readonly #entry: Candidate;

  constructor(entry = new Candidate()) {
    super(entry);
    this.#entry = entry;
  }

  /** The room's word on the time, as the service sends it. */
  deadline(now: number, deadline: Deadline): Turn<CandidateView> {
    return unwrap(this.#entry.deadline(now, JSON.stringify(deadline)));
  }
  /** `key` is the service's receipt key. Works without a started session too. */
  verifyReceipt(sitting: string, receipt: string, salt: string, key: PublicKey): CheckedReceipt {
    return unwrap(this.#entry.verifyReceipt(sitting, receipt, salt, JSON.stringify(key)));
  }
}

export const load = loader(init, () => new CandidateSession(), newDeviceKey);
