/** A custodian's secret: made in the engine, kept in this browser and in a file, sent only when it is opened. */

import { load, unwrap } from '../../shared/engine/ceremony.ts';
import { openJournal, type Journal } from '../../shared/journal/journal.ts';

/** What a commitment is made of; also the file. */
export interface SecretFile {
  kind: 'draw-secret';
  v: 1;
  batch: string;
  attempt: number;
  /** Digest of the basis that it is for. */
  basis: string;
  custodian: string;
  secret: string;
}

interface Place {
  batch: string;
  attempt: number;
  basis: string;
  custodian: string;
}

let opening: Promise<Journal> | null = null;
const notes = (): Promise<Journal> => (opening ??= openJournal('custodian'));
const key = ({ batch, basis, custodian }: Place): string => `secret:${batch}:${basis}:${custodian}`;

/** The secret that this browser holds. */
export async function kept(place: Place): Promise<SecretFile | undefined> {
  return (await notes()).note<SecretFile>(key(place));
}

/** Makes a secret and keeps it in this browser. */
export async function make(place: Place): Promise<SecretFile> {
  const face = await load();
  const { secret } = unwrap<{ secret: string }>(face.newSecret());
  const file: SecretFile = { kind: 'draw-secret', v: 1, ...place, secret };
  await (await notes()).keep(key(place), file);
  return file;
}

/** @throws EngineError when it is not a secret. */
export async function commitment({ basis, custodian, secret }: SecretFile): Promise<string> {
  const face = await load();
  return unwrap<{ commitment: string }>(face.commitment(JSON.stringify({ basis, custodian, secret }))).commitment;
}

/** Reads a file that was saved; `null` when it is another. */
export function read(text: string): SecretFile | null {
  try {
    const file = JSON.parse(text) as Partial<SecretFile>;
    return file.kind === 'draw-secret' && typeof file.secret === 'string' ? (file as SecretFile) : null;
  } catch {
    return null;
  }
}

/** Hands the file to the custodian. */
export function save(file: SecretFile): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `kaoping-secret-${file.batch}-${file.attempt}.json`;
  link.click();
  // The browser reads the blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
