/** A cell of the blueprint in words. */

import type { Schema } from '../../shared/api/client.ts';
import { word } from '../../shared/texts/staff.ts';
import { t } from '../texts.ts';

/** Bands of the blueprints that come with the program; another is shown by its own name. */
const BANDS = ['easy', 'middle', 'hard'] as const;

export function cellName({ function: name, type, kind, band }: Schema<'CellName'>): string {
  const level = BANDS.find((known) => known === band);
  const parts = [
    name === 'ethics' || name === 'foundations' ? t(name) : word('', name),
    t(type),
    level === undefined ? band : t(level),
  ];
  return [...parts, ...(kind === 'extended' ? [t('extended')] : [])].join(' · ');
}
