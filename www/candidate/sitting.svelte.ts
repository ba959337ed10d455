/** The open paper at this PC: the engine decides, the journal keeps, the sender brings it to the room. */

import { api, ask, bearer, roomClock, type Answer, type ApiError } from '../shared/api/client.ts';
import type { CandidateSession } from '../shared/engine/candidate.ts';
import type { CandidateTouch, CandidateView, Deadline, Started } from '../shared/engine/generated/types.ts';
import { begin, EngineJournal, type Surroundings } from '../shared/journal/engine-journal.svelte.ts';
import type { Journal } from '../shared/journal/journal.ts';
import type { Paper } from './paper.ts';

export type Taken = Answer<'/seat/events', 'post'>;

export interface SittingPlace {
  sitting: string;
  number: number;
  token: string;
  seed: string;
  /** When the paper was given back after its end was undone, by the room's time. */
  reopened_ms: number | null;
}

export interface SittingEars {
  /** The service took events and says how things stand. */
  taken(answer: Taken): void;
  /** The service refuses for good. */
  refused(error: ApiError): void;
  /** Another window writes this seat's events. */
  overtaken(): void;
}

export class Sitting extends EngineJournal<CandidateTouch, CandidateView> {
  readonly paper: Paper;
  readonly #session: CandidateSession;

  private constructor(around: Surroundings<CandidateSession>, started: Started<CandidateView>, paper: Paper) {
    super(around, started);
    this.#session = around.session;
    this.paper = paper;
  }

  /** Joins what this PC and the service hold, and goes on from there. */
  static async open(
    session: CandidateSession,
    paper: Paper,
    deadline: Deadline,
    journal: Journal,
    place: SittingPlace,
    ears: SittingEars,
  ): Promise<Sitting> {
    const around: Surroundings<CandidateSession> = {
      session,
      journal,
      stream: `${place.sitting}/${place.number}`,
      now: () => roomClock.now(),
      post: async (events) => {
        const taken = await ask(api.POST('/seat/events', { headers: bearer(place.token), body: { events } }));
        ears.taken(taken);
        return taken.acknowledged;
      },
      refused: (error) => ears.refused(error),
      overtaken: () => ears.overtaken(),
    };
    const started = await begin(around, (device) => ({
      paper: paper.paper,
      paper_digest: paper.paper_digest,
      several: paper.several,
      sitting: place.sitting,
      number: place.number,
      seed: place.seed,
      before: paper.before,
      service: paper.journal,
      device,
      deadline,
      reopened_ms: place.reopened_ms,
      opened_at_ms: paper.opened_at_ms,
    }));
    const sitting = new Sitting(around, started, paper);
    sitting.resume();
    return sitting;
  }

  /** The room's word on the time, as the service sends it. */
  deadline(deadline: Deadline): Promise<void> {
    return this.act((_, now) => this.#session.deadline(now, deadline));
  }
}
