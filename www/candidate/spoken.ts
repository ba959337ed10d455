/** What reading aloud says of a question: its case, its stem, what its picture shows, and each option with its letter. */

import { letter } from './keys.ts';
import type { Paper } from './paper.ts';
import { t } from './texts.ts';

export function spoken({ case: shared, stem, image, options }: Paper['items'][number]): string {
  const picture = image == null ? [] : [t('read_picture', { alt: image.alt })];
  const choices = options.map(({ text }, at) => t('read_option', { letter: letter(at), text }));
  return [shared ?? '', stem, ...picture, ...choices].join('\n');
}
