/** One verdict over the files of a batch: its records, its draw and its scores, which were held against each other. */

import type { Entry, Finding } from './checks.svelte.ts';
import type { Stamp } from './stamp.ts';
import { t } from './texts.ts';

export interface Joined extends Stamp {
  batch: string;
}

/** The parts that a batch has. */
const PARTS = ['batch-bundle', 'draw-bundle', 'audit-bundle'] as const;
type Part = (typeof PARTS)[number];
type Tone = Stamp['tone'];

/** A verdict for each batch whose records are among the files. */
export function joinedBatches(entries: readonly Entry[]): Joined[] {
  const findings = entries.flatMap(({ finding }) => (finding === null ? [] : [finding]));
  const batches = findings.flatMap((finding) =>
    finding.kind === 'batch-bundle' && finding.report.batch !== null ? [finding.report.batch] : [],
  );
  return [...new Set(batches)].flatMap((batch) => {
    const parts = PARTS.map((part) => ({ part, tones: findings.flatMap((finding) => toneOf(finding, part, batch)) }));
    const given = parts.filter(({ tones }) => tones.length > 0);
    if (given.length < 2) return [];
    const tones = given.flatMap((part) => part.tones);
    const tone = tones.includes('bad') ? 'bad' : tones.includes('warn') ? 'warn' : 'good';
    const missing = parts.filter((part) => part.tones.length === 0).map(({ part }) => t(`kind_${part}`));
    const names = given.map(({ part }) => t(`kind_${part}`)).join(t('between'));
    return [
      {
        batch,
        tone,
        seal: t(`joined_seal_${tone}`),
        summary: t(`joined_${tone}`, { batch, names }),
        open: missing.length === 0 ? '' : t('joined_missing', { names: missing.join(t('between')) }),
      },
    ];
  });
}

/** What a finding says of a part of a batch; nothing when it is of another. A file of another batch fails by itself. */
function toneOf(finding: Finding, part: Part, batch: string): Tone[] {
  if (finding.kind !== part || finding.report.batch !== batch) return [];
  switch (finding.kind) {
    case 'batch-bundle':
      if (!finding.report.complete) return ['bad'];
      return [finding.report.withdrawn.length > 0 || !finding.report.witnessed ? 'warn' : 'good'];
    case 'audit-bundle':
      return [finding.report.agrees ? 'good' : 'bad'];
    case 'draw-bundle':
      return [({ holds: 'good', unchecked: 'warn', differs: 'bad' } as const)[finding.report.verdict]];
  }
}
