/** Looks for answer keys in what a candidate's browser received. */

import { expect } from '@playwright/test';

import { bank } from './bank.ts';
import type { Exchange } from './wire.ts';

/** Words by which banks name what candidates must not have. */
const FORBIDDEN = new Set(['rationale', 'answer_key', 'correct', 'pinned', 'difficulty', 'enemies']);
const OPTIONS = new Set([...bank.values()].flatMap(({ options }) => options.map(({ id }) => id)));

/** Fails when any body carries an item's key or reasons, or a name that only a bank with keys has. */
export function expectNoKeys(exchanges: readonly Exchange[]): void {
  const kinds = new Set(exchanges.map(({ path }) => path.slice(path.lastIndexOf('.'))));
  for (const kind of ['.js', '.css', '.wasm']) expect(kinds, 'the pages are on record').toContain(kind);
  expect(exchanges.flatMap(leaksOf)).toEqual([]);

  const everything = exchanges.map(({ body }) => body.toString('utf8')).join('\n');
  const rationales = [...bank.values()].map(({ rationale }) => rationale);
  expect(rationales.filter((rationale) => everything.includes(rationale))).toEqual([]);
}

/** Every item and option of a paper has these members and no others. */
export function expectBareItems(items: readonly { options: readonly object[] }[]): void {
  const names = (values: readonly object[]) => new Set(values.flatMap((value) => Object.keys(value)));
  expect([...names(items)].sort()).toEqual(['case', 'image', 'item', 'options', 'stem', 'type']);
  expect([...names(items.flatMap(({ options }) => options))].sort()).toEqual(['id', 'text']);
}

function leaksOf({ path, body }: Exchange): string[] {
  const text = body.toString('utf8');
  if (path.endsWith('.wasm')) return text.includes('rationale') ? [`${path} knows rationales`] : [];
  if (!path.startsWith('/api/') || text === '') return [];
  return leaks(JSON.parse(text)).map((leak) => `${path}: ${leak}`);
}

function leaks(value: unknown): string[] {
  // Documents travel as texts: the paper, events, the receipt.
  if (typeof value === 'string') return /^[[{]/.test(value) ? leaks(JSON.parse(value)) : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const named = FORBIDDEN.has(name) ? [`a member ${name}`] : [];
    // A public key is called `key` too; an item's names options.
    const key = name === 'key' && [member].flat().some((one) => OPTIONS.has(String(one))) ? ['an item’s key'] : [];
    return [...named, ...key, ...leaks(member)];
  });
}
