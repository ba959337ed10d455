/** A paper in words: its identifier names session, room and seat, as `engine/plan/seating.rs` makes it. */

const IN_ROOM = /^s(?<session>\d+)-(?<room>.+)-(?<spare>x?)(?<number>\d+)$/;
const RESERVE = /^r-(?<number>\d+)$/;

type Key = 'paper_seat' | 'paper_spare' | 'paper_reserve';
type Translate = (key: Key, values: Record<string, string | number>) => string;

/** Where a paper belongs, in the words of `t`; `rooms` has the names on the doors. */
export function paperName(t: Translate, paper: string, rooms: Readonly<Record<string, string>>): string {
  const reserve = RESERVE.exec(paper)?.groups;
  if (reserve !== undefined) return t('paper_reserve', { n: Number(reserve['number']) });
  const { session, room, spare, number } = IN_ROOM.exec(paper)?.groups ?? {};
  if (session === undefined || room === undefined) return paper;
  const values = { session: Number(session), room: rooms[room] ?? room, n: Number(number) };
  return t(spare === '' ? 'paper_seat' : 'paper_spare', values);
}
