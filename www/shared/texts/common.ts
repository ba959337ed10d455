import english from './en/common.ts';
import { translator } from './language.svelte.ts';
import chinese from './zh-CN/common.ts';

/** What the shared parts say; each app has its own `t` beside it. */
export const common = translator(chinese, english);
