import type { English } from '../language.svelte.ts';
import type chinese from '../zh-CN/common.ts';

export default {
  product: 'Kaoping',
  language: 'Language',
  text_size: 'Text size',
  text_normal: 'Normal',
  text_large: 'Large',
  text_huge: 'Largest',
  contrast: 'High contrast',
  contrast_on: 'on',
  contrast_off: 'off',
  close: 'Close',
  cancel: 'Cancel',
  confirm: 'OK',
  retry: 'Try again',
  loading: 'Loading…',
  empty: 'Nothing here',
  labelled: '{label}: {text}',
  place: 'Where',
  cause: 'Why',
  cure: 'What to do',
  faults: '{n} {n:thing|things} to mend',
  network_cause: 'The server cannot be reached.',
  network_cure: 'Check the cable or the network, then try again.',
  unexpected_cause: 'The page failed.',
  unexpected_cure: 'Reload the page; if that does not help, tell the administrator.',
} satisfies English<typeof chinese>;
