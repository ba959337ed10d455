/** The examiner's tasks by batch and by drawn number, so that two candidates with one number are told apart. */

/** What grouping needs of a task on the list. */
export interface Task {
  batch: string;
  batch_title: string;
  /** As `2026-12-01`. */
  exam_day: string;
  panel_name: string;
  number: number;
  /** `unsent`: scored and sealed on this tablet alone. */
  shown: 'waiting' | 'started' | 'unsent' | 'handed_in';
}

export interface NumberGroup<Entry extends Task> {
  number: number;
  entries: Entry[];
  /** Tasks that are still to be scored. */
  open: number;
}

export interface BatchGroup<Entry extends Task> {
  batch: string;
  title: string;
  day: string;
  numbers: NumberGroup<Entry>[];
  /** The first number with a task that is still to be scored. */
  next: number | null;
  open: number;
}

/** Whether the examiner has still to score something of it. */
export function isOpen({ shown }: Task): boolean {
  return shown === 'waiting' || shown === 'started';
}

/** Batches of today first, then those to come, then those that are past; tasks keep the service's order. */
export function taskGroups<Entry extends Task>(entries: readonly Entry[], today: string): BatchGroup<Entry>[] {
  const batches = new Map<string, Entry[]>();
  for (const entry of entries) batches.set(entry.batch, [...(batches.get(entry.batch) ?? []), entry]);
  const groups = [...batches].map(([batch, own]) => {
    const numbers = [...new Set(own.map(({ number }) => number))]
      .sort((a, b) => a - b)
      .map((number) => {
        const of = own.filter((entry) => entry.number === number);
        return { number, entries: of, open: of.filter(isOpen).length };
      });
    return {
      batch,
      title: own[0]?.batch_title ?? '',
      day: own[0]?.exam_day ?? '',
      numbers,
      next: numbers.find(({ open }) => open > 0)?.number ?? null,
      open: own.filter(isOpen).length,
    };
  });
  const rank = (day: string): number => (day === today ? 0 : day > today ? 1 : 2);
  return groups.sort(
    (a, b) => rank(a.day) - rank(b.day) || a.day.localeCompare(b.day) || a.title.localeCompare(b.title),
  );
}
