/** What counts in the place of an item's key, as people enter and read it. */

import type { Schema } from '../../shared/api/client.ts';
import { t } from '../texts.ts';

export type KeyRule = Schema<'KeyRule'>;
type Option = Schema<'KeyOptionView'>;

/** The three ways in which a key is corrected. */
export const WAYS = ['another', 'several', 'struck'] as const;
export type Way = (typeof WAYS)[number];

/** The rule of a form; `null` while it is not complete. `chosen` has the options of each answer. */
export function ruleOf(way: Way, chosen: readonly (readonly string[])[]): KeyRule | null {
  if (way === 'struck') return { kind: 'struck' };
  const keys = chosen.filter((key) => key.length > 0).map((key) => [...key]);
  return keys.length === 0 || (way === 'another' && keys.length > 1) ? null : { kind: 'accepted', keys };
}

/** Each answer that a rule accepts, by the texts of its options; none for a struck item. */
export function answersOf(rule: KeyRule, options: readonly Option[]): string[] {
  if (rule.kind === 'struck') return [];
  const text = (id: string): string => options.find((option) => option.id === id)?.text ?? id;
  return rule.keys.map((key) => key.map(text).join(t('key_and')));
}

/** The same in one sentence. */
export function ruleText(rule: KeyRule, options: readonly Option[]): string {
  const answers = answersOf(rule, options);
  if (answers.length === 0) return t('key_rule_struck');
  if (answers.length === 1) return t('key_rule_another', { answer: answers[0] ?? '' });
  return t('key_rule_several', { answers: answers.join(t('key_or')) });
}
