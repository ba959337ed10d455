/** A plan while it is filled in: what the form holds, its defaults for level 5, and the plan that comes of it. */

import type { Account, Role, Schema } from '../../shared/api/client.ts';

export type Use = 'required' | 'by_lot' | 'not_used';

export interface Draft {
  title: string;
  exam_day: string;
  supervisor: string;
  custodians: { account: string; chosen: boolean; outside: boolean }[];
  blueprint: string;
  minutes: number;
  reserve: number;
  /** Times of day, `09:00`. */
  sessions: { time: string }[];
  rooms: RoomDraft[];
  practical_minutes: number;
  functions: FunctionDraft[];
  panels: PanelDraft[];
}
export interface RoomDraft {
  name: string;
  seats: number;
  spares: number;
  invigilators: string[];
}
export interface FunctionDraft {
  function: Schema<'Function'>;
  weight: number;
  tasks: { sheet: string; title: string; use: Use }[];
  draw: number;
}
export interface PanelDraft {
  name: string;
  lead: string;
  examiners: string[];
}

/** Weights of level 5's practical (national standard, 2024). */
const WEIGHTS: readonly (readonly [Schema<'Function'>, number])[] = [
  ['daily_care', 50],
  ['basic_nursing', 25],
  ['emergency', 10],
  ['function_maintenance', 15],
];
const LEVEL = 5;
/** One invigilator watches at most so many, one examiner scores at most so many (national standard). */
const PER_INVIGILATOR = 15;
const PER_EXAMINER = 5;
const DAYS_AHEAD = 7;

export interface Names {
  title: (year: number) => string;
  room: (n: number) => string;
  panel: (n: number) => string;
}

/** A sensible plan from the accounts, sheets and blueprint that there are. `now_ms` by the service's clock. */
export function defaults(
  now_ms: number,
  accounts: readonly Account[],
  sheets: readonly Schema<'SheetLine'>[],
  blueprints: readonly { id: string; level: number; minutes: number }[],
  names: Names,
): Draft {
  const having = (role: Role): string[] =>
    accounts.filter((account) => account.roles.includes(role)).map((account) => account.id);
  const custodians = having('custodian');
  const blueprint = blueprints.find((known) => known.level === LEVEL);
  const functions = WEIGHTS.map(([name, weight]) => functionDraft(name, weight, sheets));
  const invigilators = having('invigilator');
  return {
    title: names.title(Number(day(now_ms).slice(0, 4))),
    exam_day: day(now_ms + DAYS_AHEAD * 86_400_000),
    supervisor: having('supervisor')[0] ?? '',
    custodians: custodians.map((account, place) => ({ account, chosen: place < 2, outside: place === 1 })),
    blueprint: blueprint?.id ?? '',
    minutes: blueprint?.minutes ?? 90,
    reserve: 5,
    sessions: [{ time: '09:00' }],
    rooms: [roomDraft(names.room(1), invigilators)],
    practical_minutes: practicalMinutes(functions, sheets),
    functions,
    panels: panelDrafts(having('examiner'), having('lead'), names),
  };
}

/** A room for as many as its invigilators may watch. */
function roomDraft(name: string, invigilators: readonly string[]): RoomDraft {
  const watching = invigilators.slice(0, Math.max(2, Math.min(3, invigilators.length)));
  const seats = Math.max(2, watching.length) * PER_INVIGILATOR;
  return { name, seats, spares: sparesFor(seats), invigilators: [...watching] };
}

/** Spares are 5 % of the seats, at least 2. */
export function sparesFor(seats: number): number {
  return Math.max(2, Math.ceil(seats / 20));
}

function functionDraft(
  name: Schema<'Function'>,
  weight: number,
  sheets: readonly Schema<'SheetLine'>[],
): FunctionDraft {
  const own = sheets.filter((sheet) => sheet.function === name && sheet.level === LEVEL);
  const single = own.length === 1;
  const tasks = own.map(({ id, title }) => ({
    sheet: id,
    title,
    use: single ? ('required' as const) : ('by_lot' as const),
  }));
  return { function: name, weight, tasks, draw: single ? 0 : 1 };
}

/** Time for the longest tasks that a candidate can draw. */
function practicalMinutes(functions: readonly FunctionDraft[], sheets: readonly Schema<'SheetLine'>[]): number {
  const minutes = (id: string): number => {
    const sheet = sheets.find((known) => known.id === id);
    return sheet === undefined ? 0 : sheet.minutes_prepare + sheet.minutes;
  };
  const all = functions.map(({ tasks, draw }) => {
    const required = tasks.filter((task) => task.use === 'required').map((task) => minutes(task.sheet));
    const drawn = tasks.filter((task) => task.use === 'by_lot').map((task) => minutes(task.sheet));
    return [...required, ...drawn.sort((a, b) => b - a).slice(0, draw)].reduce((sum, next) => sum + next, 0);
  });
  return Math.max(
    30,
    all.reduce((sum, next) => sum + next, 0),
  );
}

/** Panels of three, as many as there are examiners and leads for. */
function panelDrafts(examiners: readonly string[], leads: readonly string[], names: Names): PanelDraft[] {
  const count = Math.max(1, Math.min(Math.floor(examiners.length / 3), leads.length));
  return Array.from({ length: count }, (_, place) => ({
    name: names.panel(place + 1),
    lead: leads[place] ?? '',
    examiners: examiners.slice(place * 3, place * 3 + 3),
  }));
}

/** How many seats, examiners and so candidates the draft allows for. */
export function capacity(draft: Draft): { seats: number; examiners: number; max: number } {
  const seats = draft.rooms.reduce((sum, room) => sum + room.seats, 0) * draft.sessions.length;
  const examiners = draft.panels.reduce((sum, panel) => sum + panel.examiners.length, 0);
  return { seats, examiners, max: Math.min(seats, examiners * PER_EXAMINER) };
}

/** The plan as the service takes it; the service names the batch and checks everything. */
export function planOf(draft: Draft): Omit<Schema<'Plan'>, 'batch'> {
  const sheetsOf = ({ tasks }: FunctionDraft, use: Use): string[] =>
    tasks.filter((task) => task.use === use).map((task) => task.sheet);
  return {
    v: 1,
    title: draft.title.trim(),
    occupation: '4-14-01-03',
    level: LEVEL,
    exam_day: draft.exam_day,
    theory: {
      blueprint: draft.blueprint,
      minutes: draft.minutes,
      sessions: draft.sessions.map(({ time }, place) => ({
        number: place + 1,
        starts_at_ms: inChina(draft.exam_day, time),
      })),
      rooms: draft.rooms.map((room, place) => ({ room: `r${place + 1}`, ...room, name: room.name.trim() })),
      reserve_papers: draft.reserve,
    },
    practical: {
      minutes: draft.practical_minutes,
      functions: draft.functions.map((entry) => ({
        function: entry.function,
        weight: entry.weight,
        required: sheetsOf(entry, 'required'),
        by_lot: sheetsOf(entry, 'by_lot'),
        draw: entry.draw,
      })),
      panels: draft.panels.map((panel, place) => ({ panel: `p${place + 1}`, ...panel, name: panel.name.trim() })),
      policy: 'mean-1',
    },
    custodians: draft.custodians.filter(({ chosen }) => chosen).map(({ account, outside }) => ({ account, outside })),
    supervisor: draft.supervisor,
    profile: 'sample',
  };
}

/** A time of day in China, which has no summer time. */
function inChina(date: string, time: string): number {
  const ms = Date.parse(`${date}T${time}:00+08:00`);
  return Number.isNaN(ms) ? 0 : ms;
}

/** The day in China. */
function day(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
}
