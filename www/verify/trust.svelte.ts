/** What files are checked against: the trust list, and a list of corrections and revocations if there is one. */

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
let status = $state<{ text: string; file: string } | null>(null);

export const against = {
  get trust(): InUse | null {
    return inUse;
  },
  get status(): { text: string; file: string } | null {
    return status;
  },
};

/** @throws EngineError when the text is no trust list. */
export async function useTrust(text: string, file: string | null): Promise<void> {
  const face = await load();
  inUse = { text, file, trust: unwrap<Trust>(face.readTrust(text)) };
}

export function useStatus(text: string, file: string): void {
  status = { text, file };
}
