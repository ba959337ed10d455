import english from '../shared/texts/en/examiner.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/examiner.ts';

export const t = translator(chinese, english);
