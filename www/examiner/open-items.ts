/** What of a sheet is still open. */

import type { SheetItem, SheetSection } from '../shared/engine/generated/types.ts';

/** Awards by item, as the engine's view has them. */
type Awards = Readonly<Record<string, string | undefined>>;

/** The first open item after this one, else the first of the sheet; null when all are scored. */
export function nextOpen(sections: readonly SheetSection[], awards: Awards, after: string): string | null {
  const items = sections.flatMap((section) => section.items);
  const at = items.findIndex((item) => item.id === after);
  const open = (item: SheetItem): boolean => awards[item.id] === undefined;
  return (items.slice(at + 1).find(open) ?? items.find(open))?.id ?? null;
}

/** Full marks for a section's open items. One that is timed by itself is left: its time decides. */
export function fullMarks(section: SheetSection, awards: Awards): { item: string; award: string }[] {
  return section.items
    .filter((item) => awards[item.id] === undefined && item.kind.type !== 'timed')
    .flatMap((item) => {
      const full = item.awards.find(({ half_marks }) => half_marks === item.half_marks);
      return full === undefined ? [] : [{ item: item.id, award: full.code }];
    });
}
