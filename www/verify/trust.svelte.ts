/** What files are checked against: the trust list, and a list of corrections and revocations if there is one. */

import type { CheckedFile, TrustView } from '../shared/engine/generated/types.ts';
import { load, unwrap } from '../shared/engine/verify.ts';

interface InUse {
  /** What the engine reads. */
  text: string;
  /** The file's name; `null` for the service's list. */
  file: string | null;
  trust: TrustView;
}

let inUse = $state<InUse | null>(null);
let status = $state<{ text: string; file: string } | null>(null);
/** A list that another trust list put out of use. */
let dropped = $state<string | null>(null);

export const against = {
  get trust(): InUse | null {
    return inUse;
  },
  get status(): { text: string; file: string } | null {
    return status;
  },
  get dropped(): string | null {
    return dropped;
  },
};

/**
 * A list of revocations that does not hold by it is used no longer.
 * @throws EngineError when the text is no trust list.
 */
export async function useTrust(text: string, file: string | null): Promise<void> {
  const face = await load();
  inUse = { text, file, trust: unwrap<TrustView>(face.readTrust(text)) };
  if (status === null) return;
  const { report } = unwrap<CheckedFile>(face.verify(status.text, text, null, null, null, Date.now()));
  if (report.verdict !== 'valid') [dropped, status] = [status.file, null];
}

export function useStatus(text: string, file: string): void {
  [status, dropped] = [{ text, file }, null];
}

export function leaveStatus(): void {
  [status, dropped] = [null, null];
}
