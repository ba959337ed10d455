/** Beside the page: takes the bytes of a published draw, tells how far it is, and answers with the engine's words. */

import init, { audit } from './pkg/audit/audit.js';
import type { Progress } from './audit.ts';

/** A published draw, and the trust list to check its signature by. */
export interface ToWorker {
  bundle: ArrayBuffer;
  trust: string | undefined;
}
/** One of these. */
export interface FromWorker {
  ready?: true;
  progress?: Progress;
  answer?: string;
  failed?: string;
}

const say = (message: FromWorker): void => postMessage(message);

globalThis.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  try {
    const answer = audit(new Uint8Array(data.bundle), data.trust, {
      papers: (done, all) => say({ progress: { done, all } }),
    });
    say({ answer });
  } catch (error) {
    say({ failed: String(error) });
  }
};

init().then(
  () => say({ ready: true }),
  (error: unknown) => say({ failed: String(error) }),
);
