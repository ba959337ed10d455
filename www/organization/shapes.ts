/** Documents that the service hands through as they are, as far as the pages show them. */

import type { Answer } from '../shared/api/client.ts';

export type BatchLine = Answer<'/batches', 'get'>['batches'][number];
export type BatchView = Answer<'/batches/{batch}', 'get'>;
export type DrawView = Answer<'/batches/{batch}/draw', 'get'>;
export type PanelLine = Answer<'/panels', 'get'>['panels'][number];
export type ResultLine = Answer<'/batches/{batch}/results', 'get'>['results'][number];
export type SheetLine = Answer<'/sheets', 'get'>['sheets'][number];
export type AccountLine = Answer<'/staff', 'get'>['accounts'][number];

export interface Exact {
  num: number;
  den: number;
}
export interface Span {
  least: number;
  most: number;
}
export interface Guess {
  mean: Exact;
  most: number;
}
export interface CellName {
  function: string;
  type: string;
  group_size: number;
  kind: string;
  band: string;
}

/** src/engine/draw/certificate.rs, in its signed message. */
export interface Equivalence {
  payload: {
    papers: number;
    items: number;
    cells: { cell: CellName; units: number; pool: number; dealt: Span; bound: Span }[];
    difficulty: { mean: Exact; lowest: Exact; highest: Exact };
    importance: { importance: string; items: Span }[];
    overlap: { mean: Exact; most: number | null };
    /** Since version 2. */
    prediction?: { chance: Exact; others: Guess; earlier: Guess | null; repeated: Guess | null };
    forced: { paper: string; unit: string }[];
  };
}

/** A line of the papers' list. */
export interface PaperLine {
  paper: string;
  use: 'seat' | 'spare' | 'reserve';
  session: number;
  room: string;
  digest: string;
  forced: number;
  certificate: { payload: { cells: { cell: CellName; units: number }[] } };
}

/** src/engine/plan/schedule.rs. */
export interface Plan {
  title: string;
  level: number;
  exam_day: string;
  theory: {
    blueprint: string;
    minutes: number;
    sessions: { number: number; starts_at_ms: number }[];
    rooms: { room: string; name: string; seats: number; spares: number; invigilators: string[] }[];
    reserve_papers: number;
  };
  practical: {
    minutes: number;
    functions: { function: string; weight: number; required: string[]; by_lot: string[]; draw: number }[];
    panels: { panel: string; name: string; examiners: string[]; lead: string }[];
    policy: string;
  };
  custodians: { account: string; outside: boolean }[];
  supervisor: string;
  profile: string;
}

/** src/engine/result/credential.rs. */
export interface Credential {
  validFrom: string;
  credentialSubject: {
    theory: { shown: string; passed: boolean };
    practical: { shown: string; passed: boolean };
    outcome: 'passed' | 'failed';
    label: string | null;
    rules: Record<string, string>;
    evidence: { attempt: number; identity: string };
  };
}

/** A leaf of the log. */
export interface Leaf {
  batch: string;
  commitment: string;
  kind: string;
}

/** What the service describes as any object, as the document that it is. */
export function shaped<Document>(object: unknown): Document {
  return object as Document;
}

/** An exact fraction as people read it, for certificates: two decimals. */
export function shown({ num, den }: Exact): string {
  return (num / den).toFixed(2);
}
