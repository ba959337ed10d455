import english from '../shared/texts/en/landing.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/landing.ts';

export const t = translator(chinese, english);
