import { language } from '../shared/texts/language.svelte.ts';

/** A time of the service as people read it; exams take place in China's one time zone. */
export function when(ms: number): string {
  const form = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' } as const;
  return new Intl.DateTimeFormat(language.current, form).format(ms);
}
