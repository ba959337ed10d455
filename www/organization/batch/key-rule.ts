/** What counts in the place of an item's key, as people enter it. */

import type { Schema } from '../../shared/api/client.ts';

export type KeyRule = Schema<'KeyRule'>;

/** The three ways in which a key is corrected. */
export const WAYS = ['another', 'several', 'struck'] as const;
export type Way = (typeof WAYS)[number];

/** The rule of a form; `null` while it is not complete. `answers` has the options of each answer. */
export function ruleOf(way: Way, answers: readonly (readonly string[])[]): KeyRule | null {
  if (way === 'struck') return { kind: 'struck' };
  const keys = answers.filter((key) => key.length > 0).map((key) => [...key]);
  return keys.length === 0 || (way === 'another' && keys.length > 1) ? null : { kind: 'accepted', keys };
}
