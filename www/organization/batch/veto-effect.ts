import type { Schema } from '../../shared/api/client.ts';
import { marks } from '../../shared/texts/staff.ts';
import { t } from '../texts.ts';

/** What a veto does once it is confirmed. */
export function vetoEffect(effect: Schema<'VetoEffect'>): string {
  if (effect.type === 'zero_item') return t('effect_zero_item', { item: effect.item });
  return effect.type === 'cap' ? t('effect_cap', { n: marks(effect.half_marks) }) : t(`effect_${effect.type}`);
}
