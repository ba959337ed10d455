/** The audit face of the engine, in a worker of its own: a batch takes seconds or minutes, and the page stays awake. */

import { unwrap } from './answer.ts';
import type { CheckedBundle } from './generated/types.ts';
import AuditWorker from './audit.worker.ts?worker';
import type { FromWorker, ToWorker } from './audit.worker.ts';

export { EngineError } from './answer.ts';

/** How far a check is: bytes of the file that are read, or papers that are drawn again. */
export interface Progress {
  unit: 'bytes' | 'papers';
  done: number;
  all: number;
}

/** Smaller files are read by the page: WebKit lets no worker of a page from a disk read a file. In bytes. */
const SMALL = 1024 * 1024;

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
 * Checks a large file, which is read by slices, by a trust list and a list of corrections and revocations, if there is one.
 * Scores and draws are joined with what the batches that were checked before hold (`logged`). `null` when it was stopped.
 * @throws EngineError when one of the lists cannot be read, `ReadError` when the file cannot.
 */
export async function check(
  file: Blob,
  trust: string,
  status: string | undefined,
  logged: string[],
  onprogress: (progress: Progress) => void,
): Promise<CheckedBundle | null> {
  let stopped = false;
  abandon = () => (stopped = true);
  try {
    const worker = await load();
    const handed = file.size > SMALL ? file : await read(file);
    if (stopped) return null;
    const answer = await new Promise<string | null>((resolve, reject) => {
      abandon = () => resolve(null);
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.progress !== undefined) onprogress(data.progress);
        else if (data.answer !== undefined) resolve(data.answer);
        else reject(new ReadError(data.failed));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ file: handed, trust, status, logged } satisfies ToWorker);
    });
    return answer === null ? null : unwrap<CheckedBundle>(answer);
  } catch (error) {
    // A reader that threw has left the engine in the middle of its work.
    if (error instanceof ReadError) stop();
    throw error;
  } finally {
    abandon = null;
  }
}

/** Ends a check that runs; the next one gets a new worker. */
export function stop(): void {
  void loading?.then((worker) => worker.terminate());
  loading = null;
  abandon?.();
  void load();
}

/** The file could not be read to its end: taken away, altered meanwhile, or too long. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly tooLong: boolean;

  constructor(failed: FromWorker['failed']) {
    super(failed?.message ?? 'the worker said nothing');
    this.tooLong = failed?.name === 'TooLong';
  }
}

async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new ReadError({ name: 'NotReadableError', message: String(error) });
  }
}

function start(): Promise<Worker> {
  const worker = new AuditWorker();
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.ready === true) resolve(worker);
      else reject(new Error(data.failed?.message ?? 'the worker said nothing'));
    };
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not load'));
  });
}
