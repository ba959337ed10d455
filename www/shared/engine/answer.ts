/** How the engine answers: JSON text, tagged `ok` or `error`. */

import type { Text } from '../texts/language.svelte.ts';

/** The engine refused; its state is as before. */
export class EngineError extends Error {
  readonly code: string;
  /** What the page may show. */
  readonly text: Text;

  constructor(code: string, text: Text, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'EngineError';
    this.code = code;
    this.text = text;
  }
}

interface Refused {
  code: string;
  message: Text;
  detail?: string;
}

/** @throws EngineError */
export function unwrap<Value>(answer: string): Value {
  const parsed = JSON.parse(answer) as { ok: Value } | { error: Refused };
  if ('error' in parsed) {
    const { code, message, detail } = parsed.error;
    throw new EngineError(code, message, detail ?? message.en);
  }
  return parsed.ok;
}

/** Loads a face once, however often it is asked for; a failed load can be tried again. */
export function once<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}
