/** What the engine's verifier answers (src/engine/result/verify/report.rs). */

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

export interface Report {
  verdict: Verdict;
  summary: Text;
  checks: ({ check: CheckName; ok: boolean } & Text)[];
  not_checked: ({ check: CheckName } & Text)[];
  issuer: string | null;
  issued_on: string | null;
  sample: boolean;
  identity: string | null;
  credential: null | {
    issuer: { name: string; filing: { number: string }; complaintContact: string };
    credentialSubject: {
      batch: string;
      occupation: string;
      specialty: string;
      level: number;
      theory: Part;
      practical: Part;
      outcome: 'passed' | 'failed';
      label: string | null;
    };
  };
}

export interface Trust {
  issuers: { name: string; organization_id: string; filing: { number: string } }[];
  log: string;
}
