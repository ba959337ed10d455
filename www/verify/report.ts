/** What the engine's checks answer. */

import type { Fault } from '../shared/api/error.ts';
import type { Checked } from '../shared/engine/audit.ts';
import type { Text } from '../shared/texts/language.svelte.ts';

export type CheckName =
  | 'form'
  | 'issuer'
  | 'signature'
  | 'required_signatures'
  | 'filing'
  | 'marks'
  | 'log'
  | 'key_revocation'
  | 'holder'
  | 'witness'
  | 'revocation'
  | 'promise';

export type Verdict =
  'valid' | 'valid_unknown_issuer' | 'unchecked' | 'superseded' | 'revoked' | 'invalid' | 'unreadable';

interface Part {
  shown: string;
  passed: boolean;
}
interface Issuer {
  name: string;
  filing: { number: string };
  complaintContact: string;
}
interface Subject {
  batch: string;
  occupation: string;
  specialty: string;
  level: number;
  label: string | null;
}

/** A small file: a result, certificate, receipt or other record (src/engine/result/verify/report.rs). */
export interface Report {
  kind:
    | 'result'
    | 'certificate'
    | 'receipt'
    | 'checkpoint'
    | 'inclusion_proof'
    | 'growth_proof'
    | 'status_set'
    | 'record'
    | 'unknown';
  verdict: Verdict;
  summary: Text;
  checks: ({ check: CheckName; ok: boolean } & Text)[];
  not_checked: ({ check: CheckName } & Text)[];
  issuer: string | null;
  issued_on: string | null;
  sample: boolean;
  identity: string | null;
  credential: null | {
    issuer: Issuer;
    credentialSubject: Subject & { theory: Part; practical: Part; outcome: 'passed' | 'failed' };
  };
  certificate: null | { issuer: Issuer; credentialSubject: Subject & { number: string; issuedOn: string } };
  receipt: null | { answered: number; items: number; at_ms: number; logged_by_ms: number; batch: string };
}

/** A closed batch (src/engine/result/batch/finding.rs). */
export interface BatchReport {
  batch: string | null;
  complete: boolean;
  summary: Text;
  candidates: number;
  ends: Record<End, number>;
  corrections: number;
  leaves: number;
  findings: Text[];
  /** All of them; `findings` are the first. */
  found: number;
  /** Results that the list of corrections and revocations names. */
  withdrawn: ({ pseudonym: string } & Text)[];
  checked: Text[];
  not_checked: Text[];
}
export const ENDS = ['result', 'absent', 'annulled', 'deferred', 'void'] as const;
export type End = (typeof ENDS)[number];

/** Scores computed again (src/engine/result/audit/finding.rs). */
export interface ScoresReport {
  batch: string | null;
  agrees: boolean;
  summary: Text;
  results: number;
  findings: { defect: ScoreDefect; subject: string; detail: string }[];
  found: number;
  not_checked: Text[];
}
export type ScoreDefect =
  | 'header'
  | 'manifest'
  | 'bank'
  | 'blueprint'
  | 'practical'
  | 'sheet'
  | 'line'
  | 'doubled'
  | 'result'
  | 'paper'
  | 'score'
  | 'item'
  | 'theory'
  | 'journal'
  | 'panels'
  | 'panel'
  | 'total'
  | 'outcome';

/** A draw that was drawn again (src/engine/draw/package/report.rs). */
export interface DrawReport {
  verdict: 'holds' | 'unchecked' | 'differs';
  summary: Text;
  batch: string | null;
  proven: Text[];
  /** The first of them. */
  differences: Fault[];
  all_differences: number;
  not_checked: Text[];
}

/** What was found of one file, by the names that bundles give themselves; `file` is every smaller one. */
export type Finding =
  // `about`: the file beside it, by its number here, that a proof of the log was held against.
  | (Checked<'file', Report> & { about: number | null })
  | Checked<'trust-list', null>
  | Checked<'batch-bundle', BatchReport>
  | Checked<'audit-bundle', ScoresReport>
  | Checked<'draw-bundle', DrawReport>;

export interface Trust {
  issuers: { name: string; organization_id: string; filing: { number: string } }[];
  log: string;
}
