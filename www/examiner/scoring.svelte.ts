/** One sheet being scored: the engine decides, the journal keeps, the sender sends. */

import { api, ApiError, ask, isTemporary } from '../shared/api/client.ts';
import { load, type SheetSession } from '../shared/engine/examiner.ts';
import type { Sheet, SheetTouch, SheetView, Started, Unsent } from '../shared/engine/generated/types.ts';
import { begin, EngineJournal, type Surroundings } from '../shared/journal/engine-journal.svelte.ts';
import { journal, keepLocalState, now, opened, tabletKey, type Opened } from './device.svelte.ts';

/**
 * What became of a hand-in: the service has the sheet, the PIN was wrong, or the service could not be reached. With
 * the last two nothing has changed: what was open is open, what was sealed is sealed.
 */
export type HandedIn = 'done' | 'wrong_pin' | 'unreachable';

/** Which candidate and sheet this is: numbers are drawn in each batch anew. */
export type SheetPlace = Pick<Opened, 'number' | 'batch_title' | 'exam_day' | 'panel_name'>;

export class Scoring extends EngineJournal<SheetTouch, SheetView> {
  readonly assignment: string;
  readonly place: SheetPlace;
  readonly sheet: Sheet;
  readonly #session: SheetSession;

  private constructor(
    around: Surroundings<SheetSession>,
    started: Started<SheetView>,
    of: { assignment: string; place: SheetPlace; sheet: Sheet },
  ) {
    super(around, started);
    this.#session = around.session;
    this.assignment = of.assignment;
    this.place = of.place;
    this.sheet = of.sheet;
  }

  /**
   * Opens a sheet, with everything that tablet and service hold of it. `overtaken`: another window writes it.
   *
   * @throws NetworkError when neither has the sheet, EngineError when it cannot be used.
   */
  static async open(assignment: string, overtaken: () => void): Promise<Scoring> {
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
      overtaken,
    };
    // The API's description says `number` for a level, the engine's types say which numbers.
    const sheet = answer.sheet as Sheet;
    const started = await begin(around, (device) => ({
      sheet,
      assignment: answer.assignment,
      service: answer.journal,
      device,
    }));
    const scoring = new Scoring(around, started, { assignment, place: answer, sheet });
    scoring.resume();
    return scoring;
  }

  /** Whether nothing can change any more on this tablet. */
  get sealed(): boolean {
    return this.view.handed_in !== null;
  }

  /** Whether the service has the whole sheet. */
  get delivered(): boolean {
    return this.sealed && this.view.unconfirmed === 0;
  }

  override async touch(touch: SheetTouch): Promise<void> {
    await super.touch(touch);
    if (!this.sealed) await keepLocalState(this.assignment, 'started');
  }

  /** Hands in. The service checks the PIN before the sheet is sealed here. Call it again with another PIN, or later. */
  async handIn(pin: string): Promise<HandedIn> {
    try {
      if (!this.sealed) {
        const params = { path: { assignment: this.assignment } };
        await ask(api.POST('/examiner/assignments/{assignment}/hand-in/check', { params, body: { pin } }));
        await this.seal();
      }
      await this.#post(pin);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'wrong_pin') return 'wrong_pin';
      // Too many tries are no reason to try the same PIN again.
      if (isTemporary(error) && !(error instanceof ApiError && error.status === 429)) return 'unreachable';
      // The answer to an earlier try was lost on its way.
      if (!(this.sealed && error instanceof ApiError && error.code === 'already_handed_in')) throw error;
    }
    await keepLocalState(this.assignment, 'handed_in');
    return 'done';
  }

  /** Ends the scoring on this tablet; {@link handIn} sends it. */
  async seal(): Promise<void> {
    await this.touch({ touch: 'hand_in', total_half_marks: this.view.total_half_marks });
    await keepLocalState(this.assignment, 'unsent');
  }

  /** The end of a sheet needs a PIN, so it goes with the hand-in alone. */
  protected override sendable(unsent: Unsent[]): Unsent[] {
    return this.sealed ? unsent.slice(0, -1) : unsent;
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
