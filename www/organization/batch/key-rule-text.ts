/** What counts in the place of an item's key, in words. */

import type { Schema } from '../../shared/api/client.ts';
import { t } from '../texts.ts';
import type { KeyRule } from './key-rule.ts';

/** The answers that a rule accepts, by the texts of their options, in one sentence. */
export function ruleText(rule: KeyRule, options: readonly Schema<'KeyOptionView'>[]): string {
  if (rule.kind === 'struck') return t('key_rule_struck');
  const text = (id: string): string => options.find((option) => option.id === id)?.text ?? id;
  const answers = rule.keys.map((key) => `“${key.map(text).join(t('key_and'))}”`);
  return answers.length > 1 ? t('key_rule_several', { answers: answers.join(t('key_or')) }) : answers.join('');
}
