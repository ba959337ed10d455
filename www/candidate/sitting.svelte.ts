/** The open paper at this PC: the engine decides, the journal keeps, the sender brings it to the room. */

import { api, ask, bearer, roomClock, type Answer, type ApiError } from '../shared/api/client.ts';
import type { Output, Session, Turn, View } from '../shared/engine/candidate.ts';
import type { Journal } from '../shared/journal/journal.ts';
import { Sender, type SendState } from '../shared/journal/sender.ts';

export type Paper = Answer<'/seat/paper', 'get'>;
export type Item = Paper['items'][number];
export type Taken = Answer<'/seat/events', 'post'>;

export interface SittingPlace {
  sitting: string;
  number: number;
  token: string;
  seed: string;
}

export interface SittingEars {
  /** The service took events and says how things stand. */
  taken(answer: Taken): void;
  /** The service refuses for good. */
  refused(error: ApiError): void;
}

export class Sitting {
  readonly paper: Paper;
  view: View = $state.raw() as View;
  sending: SendState = $state('saved');

  readonly #session: Session;
  readonly #journal: Journal;
  readonly #stream: string;
  readonly #sender: Sender;
  /** Events that the device is still writing; they are not sent yet. */
  #writing = 0;

  private constructor(session: Session, paper: Paper, journal: Journal, place: SittingPlace, ears: SittingEars) {
    this.#session = session;
    this.#journal = journal;
    this.#stream = streamOf(place);
    this.paper = paper;
    this.#sender = new Sender({
      post: async (events) => {
        const taken = await ask(api.POST('/seat/events', { headers: bearer(place.token), body: { events } }));
        ears.taken(taken);
        return taken.acknowledged;
      },
      confirm: (id) => session.confirm(id),
      unsent: () => {
        const unsent = session.unsent();
        return unsent.slice(0, Math.max(0, unsent.length - this.#writing));
      },
      changed: (state) => {
        this.sending = state === 'saved' && this.#writing > 0 ? 'saving' : state;
      },
      refused: (error) => ears.refused(error),
    });
  }

  /** Joins what this PC and the service hold, and goes on from there. */
  static async open(
    session: Session,
    paper: Paper,
    deadline: unknown,
    journal: Journal,
    place: SittingPlace,
    ears: SittingEars,
  ): Promise<Sitting> {
    const stream = streamOf(place);
    const local = await journal.events(stream);
    const started = session.start(roomClock.now(), {
      paper: paper.paper,
      several: paper.several,
      sitting: place.sitting,
      number: place.number,
      seed: place.seed,
      before: paper.before,
      journal: paper.journal,
      local,
    });
    await journal.setAside(stream, started.kept);
    const sitting = new Sitting(session, paper, journal, place, ears);
    sitting.#take(started);
    sitting.#take(session.deadline(roomClock.now(), deadline));
    if (!sitting.view.handed_in) {
      sitting.#take(session.open(roomClock.now(), paper.paper_digest, paper.continues ?? undefined));
    }
    sitting.#sender.kick();
    return sitting;
  }

  answer(item: string, options: readonly string[]): void {
    this.#take(this.#session.answer(roomClock.now(), item, options));
  }

  flag(item: string, on: boolean): void {
    this.#take(this.#session.flag(roomClock.now(), item, on));
  }

  handIn(): void {
    this.#take(this.#session.handIn(roomClock.now()));
  }

  /** The room's word on the time, as the service sends it. */
  deadline(deadline: unknown): void {
    this.#take(this.#session.deadline(roomClock.now(), deadline));
  }

  /** Brings the time up to date; hands in by itself when it is over. */
  tick(): void {
    this.#take(this.#session.tick(roomClock.now()));
  }

  /** The network is back, or the room goes on. */
  wake(): void {
    this.#sender.wake();
  }

  /** Ends sending; what is not sent stays in this PC's journal. */
  close(): void {
    this.#sender.stop();
  }

  #take(turn: Turn): void {
    this.view = turn.view;
    const events = turn.outputs.flatMap((output: Output) => output.persist ?? []);
    if (events.length > 0) void this.#write(events);
  }

  /** Stores first, sends then: nothing reaches the room that this PC would not find again. */
  async #write(events: readonly string[]): Promise<void> {
    this.#writing += events.length;
    this.sending = 'saving';
    for (const event of events) {
      await this.#journal.append(this.#stream, event);
      this.#writing -= 1;
    }
    this.#sender.kick();
  }
}

function streamOf(place: SittingPlace): string {
  return `${place.sitting}/${place.number}`;
}
