/** The audit face of the engine, in a worker of its own: a batch takes seconds or minutes, and the page stays awake. */

import { unwrap } from './answer.ts';
import type { FromWorker, ToWorker } from './audit.worker.ts';

export { EngineError } from './answer.ts';

/** How many of all papers are drawn. */
export interface Progress {
  done: number;
  all: number;
}

let loading: Promise<Worker> | null = null;
let abandon: (() => void) | null = null;

/** Starts the worker; from then on it needs no network. */
export function load(): Promise<Worker> {
  loading ??= start().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * Draws a published draw again, and checks its signature by a trust list. `null` when it was stopped.
 * @throws EngineError when the trust list cannot be read.
 */
export async function audit<Report>(
  bundle: ArrayBuffer,
  trust: string | undefined,
  onprogress: (progress: Progress) => void,
): Promise<Report | null> {
  const worker = await load();
  const answer = await new Promise<string | null>((resolve, reject) => {
    abandon = () => resolve(null);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.progress !== undefined) onprogress(data.progress);
      else if (data.answer !== undefined) resolve(data.answer);
      else reject(new Error(data.failed ?? 'the worker said nothing'));
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ bundle, trust } satisfies ToWorker, [bundle]);
  });
  return answer === null ? null : unwrap<{ report: Report }>(answer).report;
}

/** Ends an audit that runs; the next one gets a new worker. */
export function stop(): void {
  void loading?.then((worker) => worker.terminate());
  loading = null;
  abandon?.();
  void load();
}

function start(): Promise<Worker> {
  const worker = new Worker(new URL('./audit.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.ready === true) resolve(worker);
      else reject(new Error(data.failed ?? 'the worker said nothing'));
    };
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not load'));
  });
}
