/** What happened to a result after it was signed, in a few words each. */

import type { ResultLine } from '../shapes.ts';
import { t } from '../text.ts';

const KINDS = ['corrected', 'revoked', 'certificate_revoked', 'requested'] as const;

/** In the order in which they matter on a list. */
export function marks(line: ResultLine): string[] {
  return KINDS.filter((kind) => line[kind]).map((kind) => t(`mark_${kind}`));
}
