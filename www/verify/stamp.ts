/** What a file's check comes to, in a stamp's word, a colour and a sentence. */

import type { FileReport } from '../shared/engine/generated/types.ts';
import { say } from '../shared/texts/language.svelte.ts';
import type { Entry, Finding } from './checks.svelte.ts';
import { t } from './texts.ts';

export interface Stamp {
  tone: 'good' | 'warn' | 'bad';
  /** One or two words. */
  seal: string;
  summary: string;
  /** What was not checked, where it can be said in few words. */
  open?: string;
}

/** `null` while nothing was found. */
export function stampOf(entry: Entry): Stamp | null {
  if (entry.trouble !== null) return { tone: 'warn', seal: t('seal_trouble'), summary: t(`trouble_${entry.trouble}`) };
  return entry.finding === null ? null : found(entry.finding);
}

/** What kind of file it is. */
export function kindOf({ finding }: Entry): string {
  if (finding === null) return '';
  return finding.kind === 'file' ? t(`kind_${finding.report.kind}`) : t(`kind_${finding.kind}`);
}

function found(finding: Finding): Stamp {
  switch (finding.kind) {
    case 'file': {
      const { not_checked, summary } = finding.report;
      const names = not_checked.map(({ check }) => t(`check_${check}`)).join(t('between'));
      const open = names === '' ? '' : t('open', { names });
      return {
        ...small(finding.report),
        summary: say(summary),
        open: finding.report.verdict === 'unreadable' ? t('open_unreadable') : open,
      };
    }
    case 'trust-list':
      return { tone: 'warn', seal: t('seal_trust'), summary: t('trust_found') };
    case 'batch-bundle': {
      const { complete, not_checked, summary, withdrawn } = finding.report;
      const open = openOf(not_checked);
      if (!complete) return { tone: 'bad', seal: t('seal_incomplete'), summary: say(summary), open };
      const n = withdrawn.length;
      if (n === 0) return { tone: 'good', seal: t('seal_complete'), summary: say(summary), open };
      const but = t('batch_withdrawn', { summary: say(summary), n });
      return { tone: 'warn', seal: t('seal_withdrawn'), summary: but, open };
    }
    case 'audit-bundle': {
      const { agrees, not_checked, summary } = finding.report;
      const seal = agrees ? t('seal_agrees') : t('seal_disagrees');
      return { tone: agrees ? 'good' : 'bad', seal, summary: say(summary), open: openOf(not_checked) };
    }
    case 'draw-bundle': {
      const { not_checked, summary, verdict } = finding.report;
      const tone = ({ holds: 'good', unchecked: 'warn', differs: 'bad' } as const)[verdict];
      return { tone, seal: t(`draw_seal_${verdict}`), summary: say(summary), open: openOf(not_checked) };
    }
  }
}

function openOf({ length: n }: readonly unknown[]): string {
  return n === 0 ? '' : t('open_count', { n });
}

function small(report: FileReport): Pick<Stamp, 'tone' | 'seal'> {
  switch (report.verdict) {
    case 'valid':
      return report.sample ? { tone: 'warn', seal: t('seal_sample') } : { tone: 'good', seal: t('seal_valid') };
    case 'valid_unknown_issuer':
    case 'unchecked':
    case 'unlogged':
    case 'unwitnessed':
    case 'stale':
      return { tone: 'warn', seal: t(`seal_${report.verdict}`) };
    default:
      return { tone: 'bad', seal: t(`seal_${report.verdict}`) };
  }
}
