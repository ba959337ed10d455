/** The trust list in use: the service's when it can be reached, else a file that the person chose. */

import { api, ask } from '../shared/api/client.ts';
import { load, unwrap } from '../shared/engine/verify.ts';
import type { Trust } from './report.ts';

interface InUse {
  /** What the engine reads. */
  text: string;
  /** The file's name; `null` for the service's list. */
  file: string | null;
  trust: Trust;
}

let inUse = $state<InUse | null>(null);

export const trustList = {
  get current(): InUse | null {
    return inUse;
  },
};

/** Asks the service for its list. Silent when it cannot be reached: then the person chooses a file. */
export async function fetchTrust(): Promise<void> {
  try {
    await take(JSON.stringify(await ask(api.GET('/trust')), null, 2), null);
  } catch (error) {
    if (inUse === null) console.info('no trust list from the service', error);
  }
}

/** @throws EngineError when the file is no trust list. */
export async function chooseTrust(file: File): Promise<void> {
  await take(await file.text(), file.name);
}

async function take(text: string, file: string | null): Promise<void> {
  const face = await load();
  inUse = { text, file, trust: unwrap<Trust>(face.readTrust(text)) };
}
