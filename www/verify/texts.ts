import english from '../shared/texts/en/verify.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/verify.ts';

export const t = translator(chinese, english);
