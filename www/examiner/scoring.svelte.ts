/** One sheet being scored: the engine decides, the journal keeps, the sender sends. */

import { api, ApiError, ask, isTemporary } from '../shared/api/client.ts';
import { load, type SheetSession } from '../shared/engine/examiner.ts';
import type { Sheet, SheetTouch, SheetView, Started } from '../shared/engine/generated/types.ts';
import { begin, EngineJournal, type Surroundings } from '../shared/journal/engine-journal.svelte.ts';
import { journal, keepLocalState, now, opened, tabletKey } from './device.svelte.ts';

/** What became of a hand-in: it is at the service, it waits for the network, or the PIN was wrong. */
export type HandedIn = 'done' | 'waiting' | 'wrong_pin';

export class Scoring extends EngineJournal<SheetTouch, SheetView> {
  readonly assignment: string;
  readonly number: number;
  readonly sheet: Sheet;
  readonly #session: SheetSession;

  private constructor(
    around: Surroundings<SheetSession>,
    started: Started<SheetView>,
    place: { assignment: string; number: number; sheet: Sheet },
  ) {
    super(around, started);
    this.#session = around.session;
    this.assignment = place.assignment;
    this.number = place.number;
    this.sheet = place.sheet;
  }

  /**
   * Opens a sheet, with everything that tablet and service hold of it.
   *
   * @throws NetworkError when neither has the sheet, EngineError when it cannot be used.
   */
  static async open(assignment: string): Promise<Scoring> {
    const answer = await opened(assignment);
    const [notes, engine] = await Promise.all([journal(), load()]);
    const params = { path: { assignment } };
    const around: Surroundings<SheetSession> = {
      session: engine.newSession(),
      journal: notes,
      stream: answer.assignment.stream,
      now,
      post: async (events) => {
        const body = { events };
        return (await ask(api.POST('/examiner/assignments/{assignment}/events', { params, body }))).acknowledged;
      },
    };
    // The API's description says `number` for a level, the engine's types say which numbers.
    const sheet = answer.sheet as Sheet;
    const started = await begin(around, (device) => ({
      sheet,
      assignment: answer.assignment,
      service: answer.journal,
      device,
    }));
    const scoring = new Scoring(around, started, { assignment, number: answer.number, sheet });
    if (scoring.view.handed_in === null) scoring.resume();
    return scoring;
  }

  override async touch(touch: SheetTouch): Promise<void> {
    await super.touch(touch);
    if (this.view.handed_in === null) await keepLocalState(this.assignment, 'started');
  }

  /** Hands in: first on this tablet, then at the service, which checks the PIN. Call again with another PIN, or later. */
  async handIn(pin: string): Promise<HandedIn> {
    this.close();
    if (this.view.handed_in === null) {
      await this.touch({ touch: 'hand_in', total_half_marks: this.view.total_half_marks });
      await keepLocalState(this.assignment, 'unsent');
    }
    try {
      await this.#post(pin);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'wrong_pin') return 'wrong_pin';
      // Too many tries are no reason to try the same PIN again.
      if (isTemporary(error) && !(error instanceof ApiError && error.status === 429)) return 'waiting';
      // The answer to an earlier try was lost on its way.
      if (!(error instanceof ApiError && error.code === 'already_handed_in')) throw error;
    }
    await keepLocalState(this.assignment, 'handed_in');
    return 'done';
  }

  async #post(pin: string): Promise<void> {
    const { seed, key } = await tabletKey();
    const params = { path: { assignment: this.assignment } };
    const checkpoint = this.#session.checkpoint(seed);
    await this.deliver(async (events) => {
      const body = { events, checkpoint, key, pin };
      return (await ask(api.POST('/examiner/assignments/{assignment}/hand-in', { params, body }))).acknowledged;
    });
  }
}
