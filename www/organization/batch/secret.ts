/**
 * A custodian's secret: made and checked in the engine, kept in this browser and in a file. The engine hands it out to be sent
 * only when the manifest's file holds by the trust list that was pinned when the secret was made.
 */

import { load, unwrap } from '../../shared/engine/ceremony.ts';
import type { CheckedOpening, NewSecret, SecretPlace } from '../../shared/engine/generated/types.ts';
import { openJournal, type Journal } from '../../shared/journal/journal.ts';

let opening: Promise<Journal> | null = null;
const notes = (): Promise<Journal> => (opening ??= openJournal('custodian'));
const key = ({ batch, basis, custodian }: SecretPlace): string => `secret:${batch}:${basis}:${custodian}`;

/** The text of the secret's file that this browser holds. */
export async function kept(place: SecretPlace): Promise<string | undefined> {
  return (await notes()).note<string>(key(place));
}

/** Makes a secret by a trust list and keeps its file in this browser. */
export async function make(place: SecretPlace, trust: string): Promise<string> {
  const face = await load();
  const { file } = unwrap<NewSecret>(face.newSecret(JSON.stringify(place), trust));
  await (await notes()).keep(key(place), file);
  return file;
}

/** @throws EngineError when the file is not a secret's. */
export async function commitment(file: string): Promise<string> {
  const face = await load();
  return unwrap<{ commitment: string }>(face.commitment(file)).commitment;
}

/**
 * Checks the manifest's file before the secret is opened.
 * @throws EngineError when the file is not a secret's.
 */
export async function checkOpening(file: string, manifest: string): Promise<CheckedOpening> {
  const face = await load();
  return unwrap<CheckedOpening>(face.checkOpening(file, manifest, Date.now()));
}

/** Hands the file to the custodian. */
export function save(file: string, { batch, attempt }: SecretPlace): void {
  const url = URL.createObjectURL(new Blob([file], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `kaoping-secret-${batch}-${attempt}.json`;
  link.click();
  // The browser reads the blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
