/** A cell of the blueprint in words. */

import { word } from '../../shared/texts/staff.ts';
import type { CellName } from '../shapes.ts';
import { t } from '../text.ts';

const TYPES = ['single_choice', 'multiple_choice', 'true_false'] as const;
const BASICS = ['ethics', 'foundations'] as const;
/** Bands of the blueprints that come with the program; another is shown by its own name. */
const BANDS = ['easy', 'middle', 'hard'] as const;

export function cellName({ function: name, type, kind, band }: CellName): string {
  const basic = BASICS.find((known) => known === name);
  const item = TYPES.find((known) => known === type);
  const level = BANDS.find((known) => known === band);
  const parts = [
    basic === undefined ? word('', name) : t(basic),
    item === undefined ? type : t(item),
    level === undefined ? band : t(level),
  ];
  return [...parts, ...(kind === 'extended' ? [t('extended')] : [])].join(' · ');
}
