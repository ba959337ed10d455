/** The examiner face of the engine. `await load()`, then call what it gives; `unwrap` opens each answer. */

import init, * as face from './pkg/examiner/examiner.js';
import { once } from './answer.ts';

export { EngineError, unwrap } from './answer.ts';

export const load = once(async () => {
  await init();
  return face;
});
