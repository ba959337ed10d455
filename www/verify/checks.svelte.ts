/**
 * The files that were handed over, and what was found of each: checked one after the other, in their order, but scores and
 * draws after the batches that they are joined with.
 */

import { check, type Progress, ReadError, stop } from '../shared/engine/audit.ts';
import type { CheckedBundle, CheckedFile, FileReport } from '../shared/engine/generated/types.ts';
import { load, unwrap } from '../shared/engine/verify.ts';
import { against } from './trust.svelte.ts';

/** Whose result or certificate it should be. */
export interface Person {
  name: string;
  id_kind: string;
  id_number: string;
  /** The characters beside the code of a printed certificate. */
  code_salt: string | null;
}

/**
 * What was found of a file; `file` stands for every kind that is no bundle. `about` is the number, here, of the file beside it
 * that a proof of the log was held against.
 */
export type Finding = (CheckedFile & { kind: 'file' }) | Exclude<CheckedBundle, { kind: 'other' }>;

/** Why nothing was found of a file. */
export type Trouble = 'too_large' | 'unread' | 'stopped';

export interface Entry {
  readonly id: number;
  /** The file's name; null for pasted text. */
  readonly name: string | null;
  readonly file: Blob;
  state: 'waiting' | 'running' | 'done';
  progress: Progress | null;
  person: Person | null;
  /** Whether it must wait for the batches; null until its first kilobyte was read. */
  joins: boolean | null;
  finding: Finding | null;
  trouble: Trouble | null;
  /** Whatever else was caught. */
  error: unknown;
}

/** A result has some 10 KB, a list of corrections may be longer; only bundles are longer than this. */
const LARGEST = 16 * 1024 * 1024;
/** As much as tells a file's kind, in bytes. */
const HEAD = 1024;
/** Scores and draws name their kind first. */
const JOINED = /"kind"\s*:\s*"(?:audit|draw)-bundle"/;
/** Proofs of the log are about another file, and a manifest is held against a custodian's secret. */
const PROOFS: readonly FileReport['kind'][] = ['inclusion_proof', 'growth_proof', 'manifest_bundle'];

let entries = $state<Entry[]>([]);
let last = 0;
let running = false;

export const checks = {
  get entries(): readonly Entry[] {
    return entries;
  },
};

/** Takes files; they are checked as soon as there is a trust list. */
export function add(files: readonly { name: string | null; file: Blob }[]): void {
  for (const { name, file } of files) {
    last += 1;
    entries.push({ id: last, name, file, ...untouched(), person: null, joins: null });
  }
  // What they are about may have come just now.
  for (const entry of entries) if (isProof(entry)) Object.assign(entry, untouched());
  void run();
}

/** Checks all of them again: the trust list or the list of revocations is another. */
export function again(): void {
  for (const entry of entries) Object.assign(entry, untouched());
  if (running) stop();
  else void run();
}

/** Checks a file again, as this person's; null for nobody's. */
export function askFor(entry: Entry, person: Person | null): void {
  Object.assign(entry, untouched(), { person });
  void run();
}

/** Forgets all files. */
export function clear(): void {
  entries = [];
  if (running) stop();
}

export { stop };

function untouched(): Pick<Entry, 'state' | 'progress' | 'finding' | 'trouble' | 'error'> {
  return { state: 'waiting', progress: null, finding: null, trouble: null, error: null };
}

function isProof({ finding }: Entry): boolean {
  return finding?.kind === 'file' && PROOFS.includes(finding.report.kind);
}

async function run(): Promise<void> {
  if (running) return;
  running = true;
  for (;;) {
    const entry = await next();
    if (entry === undefined || against.trust === null) break;
    await take(entry, against.trust.text);
  }
  running = false;
}

/** The next that waits. */
async function next(): Promise<Entry | undefined> {
  const waiting = entries.filter(({ state }) => state === 'waiting');
  for (const entry of waiting) entry.joins ??= JOINED.test(await readable(entry.file.slice(0, HEAD)));
  const still = entries.filter(({ state }) => state === 'waiting');
  return still.find(({ joins }) => joins === false) ?? still[0];
}

/** What the batches that were checked hold. */
function logged(): string[] {
  return entries.flatMap(({ finding }) => (finding?.kind === 'batch-bundle' ? [finding.logged] : []));
}

async function take(entry: Entry, trust: string): Promise<void> {
  entry.state = 'running';
  const found: Pick<Entry, 'finding' | 'trouble' | 'error'> = { finding: null, trouble: null, error: null };
  try {
    const onprogress = (progress: Progress): void => void (entry.progress = progress);
    const checked = await check(entry.file, trust, against.status?.text, logged(), onprogress);
    if (checked === null) found.trouble = 'stopped';
    else if (checked.kind !== 'other') found.finding = checked;
    else if (entry.file.size > LARGEST) found.trouble = 'too_large';
    else found.finding = await verified(entry, trust);
  } catch (error) {
    if (error instanceof ReadError) found.trouble = error.tooLong ? 'too_large' : 'unread';
    else found.error = error;
  }
  // Meanwhile it may have been asked for again.
  if (entry.state !== 'running') return;
  Object.assign(entry, found, { state: 'done' });
  if (entry.finding?.kind !== 'batch-bundle') return;
  // Scores and draws that were checked before this batch was there are joined with it now.
  for (const other of entries) if (other.joins === true && other.state === 'done') Object.assign(other, untouched());
}

async function verified(entry: Entry, trust: string): Promise<Extract<Finding, { kind: 'file' }>> {
  const face = await load();
  const person = entry.person === null ? undefined : JSON.stringify(entry.person);
  const text = await entry.file.text();
  const verify = (others?: string[]): CheckedFile =>
    unwrap(face.verify(text, trust, person, against.status?.text, others, Date.now()));
  const alone = verify();
  if (!PROOFS.includes(alone.report.kind)) return { kind: 'file', report: alone.report, about: null };
  for (;;) {
    const seen = last;
    const others = entries.filter(({ id, file }) => id !== entry.id && file.size <= LARGEST);
    const texts = await Promise.all(others.map(({ file }) => readable(file)));
    // Files that came meanwhile may be what it is about.
    if (seen !== last) continue;
    const { report, about } = verify(texts);
    return { kind: 'file', report, about: others[about ?? -1]?.id ?? null };
  }
}

/** A file that cannot be read says so in its own finding. */
async function readable(file: Blob): Promise<string> {
  return file.text().catch(() => '');
}
