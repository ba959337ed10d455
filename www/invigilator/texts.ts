import english from '../shared/texts/en/invigilator.ts';
import { translator } from '../shared/texts/language.svelte.ts';
import chinese from '../shared/texts/zh-CN/invigilator.ts';

export const t = translator(chinese, english);
