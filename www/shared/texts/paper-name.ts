/** Papers in words: an identifier names session, room and seat, as `engine/plan/seating.rs` makes it. */

const IN_ROOM = /^s(?<session>\d+)-(?<room>.+)-(?<spare>x?)(?<number>\d+)$/;
const RESERVE = /^r-(?<number>\d+)$/;
/** The identifiers of papers in a sentence; a longer name that only contains one is left alone. */
const IN_TEXT = /(?<![\w-])(?:s\d+-[a-z0-9-]+-x?\d+|r-\d+)(?![\w-])/g;

type Key = 'paper_seat' | 'paper_spare' | 'paper_reserve' | 'paper_room';
type Translate = (key: Key, values: Record<string, string | number>) => string;
type Rooms = Readonly<Record<string, string>>;

/** Where a paper belongs, in the words of `t`; `rooms` has the names on the doors, where the page knows them. */
export function paperName(t: Translate, paper: string, rooms: Rooms = {}): string {
  const reserve = RESERVE.exec(paper)?.groups;
  if (reserve !== undefined) return t('paper_reserve', { n: Number(reserve['number']) });
  const { session, room, spare, number } = IN_ROOM.exec(paper)?.groups ?? {};
  if (session === undefined || room === undefined) return paper;
  const values = { session: Number(session), room: rooms[room] ?? numbered(t, room), n: Number(number) };
  return t(spare === '' ? 'paper_seat' : 'paper_spare', values);
}

/** The text with each paper's identifier in words. */
export function namePapers(t: Translate, text: string, rooms: Rooms = {}): string {
  return text.replace(IN_TEXT, (paper) => paperName(t, paper, rooms));
}

/** A room without a known name is called by its number in the plan. */
function numbered(t: Translate, room: string): string {
  const number = /^(?:r|room-)(\d+)$/.exec(room)?.[1];
  return number === undefined ? room : t('paper_room', { n: number });
}
