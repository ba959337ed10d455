/** Beside the page: reads a file by slices, tells how far it is, and answers with the engine's words. */

import init, { check } from './pkg/audit/audit.js';
import type { Progress } from './audit.ts';
import { Lines } from './lines.ts';

/** A file, or the bytes of a small one, and what it is checked against. */
export interface ToWorker {
  file: Blob | ArrayBuffer;
  trust: string;
  /** A list of corrections and revocations. */
  status: string | undefined;
  /** What batches were found to hold. */
  logged: string[];
}
/** One of these. */
export interface FromWorker {
  ready?: true;
  progress?: Progress;
  answer?: string;
  /** The name of the error, and what it says. */
  failed?: { name: string; message: string };
}

/** Only workers have it, and the page's types are not a worker's. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

const say = (message: FromWorker): void => postMessage(message);
const fail = (error: unknown): void => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  say({ failed: { name, message } });
};

globalThis.onmessage = ({ data: { file, trust, status, logged } }: MessageEvent<ToWorker>) => {
  const size = file instanceof Blob ? file.size : file.byteLength;
  const lines = new Lines(size, (from, to) => {
    say({ progress: { unit: 'bytes', done: from, all: size } });
    const slice = file.slice(from, to);
    return new Uint8Array(slice instanceof Blob ? new FileReaderSync().readAsArrayBuffer(slice) : slice);
  });
  try {
    const papers = (done: number, all: number): void => say({ progress: { unit: 'papers', done, all } });
    const answer = check(lines, trust, status, logged, { papers });
    say({ answer });
  } catch (error) {
    fail(error);
  }
};

init().then(() => say({ ready: true }), fail);
