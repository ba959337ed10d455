/** What the engine's audit answers (src/engine/draw/package/report.rs). */

import type { Fault } from '../shared/api/error.ts';
import type { Text } from '../shared/texts/language.svelte.ts';

export interface DrawReport {
  verdict: 'holds' | 'unchecked' | 'differs';
  summary: Text;
  batch: string | null;
  proven: Text[];
  /** The first of them. */
  differences: Fault[];
  all_differences: number;
  not_checked: Text[];
}
