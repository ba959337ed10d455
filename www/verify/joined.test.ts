/** Catches a batch that is said to agree although a part of it does not, or that takes another batch's part for its own. */

import { expect, test, vi } from 'vitest';

import zh from '../shared/texts/zh-CN/verify.ts';
import type { Entry, Finding } from './checks.svelte.ts';
import { joinedBatches } from './joined.ts';

// The pages' own `t` asks the browser for the language.
vi.mock('./texts.ts', () => ({
  t: (key: keyof typeof zh, values: Record<string, string> = {}) =>
    zh[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
}));

const text = { zh: '', en: '' };
const record = (id: string, complete = true, witnessed = true): Finding => {
  const ends = { result: 1, absent: 0, annulled: 0, deferred: 0, void: 0 };
  const lists = { findings: [], withdrawn: [], checked: [], not_checked: [] };
  const report = {
    batch: id,
    complete,
    witnessed,
    summary: text,
    candidates: 1,
    ends,
    corrections: 0,
    leaves: 1,
    found: 0,
  };
  return { kind: 'batch-bundle', logged: '{}', report: { ...report, ...lists } };
};
const scores = (id: string, agrees = true): Finding => {
  const counts = { results: 1, with_journal: 1, with_signed_sheets: 1, found: 0 };
  return {
    kind: 'audit-bundle',
    report: { batch: id, agrees, summary: text, ...counts, findings: [], not_checked: [] },
  };
};
const draw = (id: string, verdict: 'holds' | 'unchecked' | 'differs' = 'holds'): Finding => {
  const lists = { proven: [], differences: [], not_checked: [] };
  return {
    kind: 'draw-bundle',
    report: { batch: id, verdict, summary: text, refusal: null, all_differences: 0, ...lists },
  };
};
const tones = (...findings: Finding[]): string[] =>
  joinedBatches(findings.map((finding) => ({ finding }) as Entry)).map(({ batch, tone }) => `${batch} ${tone}`);

test('a batch agrees when each of its parts does, and is as bad as the worst of them', () => {
  expect(tones(record('b1'), draw('b1'), scores('b1'))).toEqual(['b1 good']);
  expect(tones(record('b1'), draw('b1'), scores('b1', false))).toEqual(['b1 bad']);
  expect(tones(record('b1', false), draw('b1'), scores('b1'))).toEqual(['b1 bad']);
  expect(tones(record('b1'), draw('b1', 'unchecked'), scores('b1'))).toEqual(['b1 warn']);
  expect(tones(record('b1', true, false), scores('b1'))).toEqual(['b1 warn']);
  expect(tones(scores('b1', false), record('b1'), draw('b1', 'unchecked'))).toEqual(['b1 bad']);
});

test('a part that was not given is named, and parts of another batch do not count', () => {
  const [joined] = joinedBatches([{ finding: record('b1') } as Entry, { finding: scores('b1') } as Entry]);
  expect(joined?.open).toContain('抽题公开包');
  expect(tones(record('b1'))).toEqual([]);
  expect(tones(record('b1'), scores('b2', false))).toEqual([]);
  expect(tones(record('b1'), scores('b1'), record('b2'), draw('b2', 'differs'))).toEqual(['b1 good', 'b2 bad']);
});
