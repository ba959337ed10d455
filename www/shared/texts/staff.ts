import english from './en/staff.ts';
import { translator } from './language.svelte.ts';
import chinese from './zh-CN/staff.ts';

/** What all staff pages say. */
export const staff = translator(chinese, english);

/** A word of the records, such as a function or a role, in the page's language; the word itself when it is not known. */
export function word(prefix: '' | 'role_' | 'level_', name: string | number): string {
  const key = `${prefix}${name}`;
  return key in chinese ? staff(key as keyof typeof chinese) : String(name);
}

/** Marks as people write them, from half-marks: `6`, `2.5`. */
export function marks(halfMarks: number): string {
  return String(halfMarks / 2);
}
