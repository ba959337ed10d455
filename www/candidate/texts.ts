import english from '../shared/texts/en/candidate.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/candidate.ts';

export const t = translator(chinese, english);
