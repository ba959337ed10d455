/** Files for the verify page, signed by other software: tests/suite/verify. */

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Page } from '@playwright/test';

const suite = resolve(import.meta.dirname, '../suite/verify');

interface Case {
  name: string;
  text: string;
  trust: string;
  status: string[];
  record?: string;
  old?: string;
  secret?: string | null;
}
interface Lines {
  cases: { name: string; lines: number[] }[];
  lines: string[];
  trust: unknown;
}
interface Signers {
  cases: { name: string; lines: number[]; status: string[]; trust: string }[];
  lines: string[];
  trusts: Record<string, unknown>;
}

const read = <Suite>(file: string): Suite => JSON.parse(readFileSync(join(suite, file), 'utf8')) as Suite;
interface Cases {
  cases: Case[];
  trusts: Record<string, unknown>;
}
const { cases: own, trusts } = read<Cases>('cases.json');
const cases = [...own, ...read<Cases>('manifests.json').cases];

/** The file of a case in `cases.json` or `manifests.json`. */
export function caseText(name: string): string {
  return named(cases, name).text;
}

/** The list of corrections and revocations of a case. */
export function statusText(name: string): string {
  const [status] = named(cases, name).status;
  if (status === undefined) throw new Error(`the case ${name} has no status set`);
  return status;
}

/** What the proof of a case is about: a record, or an older checkpoint; or a custodian's secret. */
export function besideText(name: string): string {
  const { record, old, secret } = named(cases, name);
  const text = record ?? old ?? secret ?? undefined;
  if (text === undefined) throw new Error(`the case ${name} stands alone`);
  return text;
}

/** A closed batch of `signers.json`, with the list of corrections and revocations that it is held against. */
export function signedBatch(name: string): { text: string; status: string; trust: string } {
  const { cases, lines, trusts } = read<Signers>('signers.json');
  const { lines: own, status, trust } = named(cases, name);
  const [set] = status;
  if (set === undefined) throw new Error(`the case ${name} has no status set`);
  return { text: joined(own, lines), status: set, trust: JSON.stringify(trusts[trust]) };
}

/** The trust list of most cases, and of all batches. */
export function trustText(): string {
  return JSON.stringify(trusts['plain']);
}

/** The bundle of a case in `batches.json` or `audits.json`. */
export function bundleText(file: 'batches' | 'audits', name: string): string {
  const { cases, lines } = read<Lines>(`${file}.json`);
  return joined(named(cases, name).lines, lines);
}

/** The trust list of `batches.json` or `audits.json`. */
export function bundleTrust(file: 'batches' | 'audits'): string {
  return JSON.stringify(read<Lines>(`${file}.json`).trust);
}

/** Writes a file into a folder, and gives its path. */
export async function put(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** Hands files to the page by one of its buttons. */
export async function choose(page: Page, button: string, ...files: string[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  await chooser.setFiles(files);
}

/** What the page says of a file. */
export function finding(page: Page, name: string) {
  const article = page.getByRole('article', { name });
  return {
    article,
    /** The stamp with its sentence. */
    verdict: article.getByRole('status').first(),
    row: (which: string) =>
      article.getByRole('row').filter({
        has: page.getByRole('rowheader', { name: which, exact: true }),
      }),
  };
}

function joined(own: readonly number[], lines: readonly string[]): string {
  return own.map((line) => `${lines[line]}\n`).join('');
}

function named<Entry extends { name: string }>(entries: readonly Entry[], name: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`the suite has no case ${name}`);
  return found;
}
