import english from '../shared/texts/en/organization.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/organization.ts';

export const t = translator(chinese, english);
