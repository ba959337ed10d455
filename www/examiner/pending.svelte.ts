/** Sheets that were handed in without a network: sent by themselves while the page is open. The PIN stays in memory alone. */

import type { Scoring } from './scoring.svelte.ts';

const RETRY_MS = 10_000;

interface Waiting {
  scoring: Scoring;
  pin: string;
}

let waiting = $state.raw<readonly Waiting[]>([]);
let busy = false;

export const pending = {
  has(assignment: string): boolean {
    return waiting.some((entry) => entry.scoring.assignment === assignment);
  },
  get count(): number {
    return waiting.length;
  },
};

/** Sends this sheet as soon as the network is back. */
export function sendLater(scoring: Scoring, pin: string): void {
  waiting = [...waiting.filter((entry) => entry.scoring.assignment !== scoring.assignment), { scoring, pin }];
}

/** Tries until nothing waits; call it once. */
export function keepTrying(sent: () => void): () => void {
  const attempt = (): void => void tryAll(sent);
  const timer = setInterval(attempt, RETRY_MS);
  globalThis.addEventListener('online', attempt);
  return () => {
    clearInterval(timer);
    globalThis.removeEventListener('online', attempt);
  };
}

async function tryAll(sent: () => void): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    for (const { scoring, pin } of waiting) {
      const outcome = await scoring.handIn(pin).catch(() => 'refused' as const);
      if (outcome === 'waiting') return;
      // Sent, or refused: then the list asks for the PIN again and says why.
      waiting = waiting.filter((entry) => entry.scoring !== scoring);
      sent();
    }
  } finally {
    busy = false;
  }
}
