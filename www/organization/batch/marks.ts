/** What happened to a result after it was signed, in a few words each. */

import type { Schema } from '../../shared/api/client.ts';
import { t } from '../texts.ts';

const KINDS = ['corrected', 'revoked', 'certificate_revoked', 'requested'] as const;

/** In the order in which they matter on a list. */
export function marks(line: Schema<'ResultLine'>): string[] {
  return KINDS.filter((kind) => line[kind]).map((kind) => t(`mark_${kind}`));
}
