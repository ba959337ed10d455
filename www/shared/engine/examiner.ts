/** The examiner's entry point of the engine, typed. */

import init, { Examiner, newDeviceKey } from './pkg/examiner/examiner.js';
import type { SheetStart, SheetTouch, SheetView } from './generated/types.ts';
import { loader, Session } from './session.ts';

/** A score sheet on a tablet. */
export class SheetSession extends Session<SheetStart, SheetTouch, SheetView> {}

export const load = loader(init, () => new SheetSession(new Examiner()), newDeviceKey);
