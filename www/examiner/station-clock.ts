/** The one clock of a station: first the preparation, then the task. One press leads to the next step. */

import type { SheetTouch, Timer, TimerView } from '../shared/engine/generated/types.ts';

export interface StationStep {
  /** The timer that is shown. */
  shown: TimerView;
  /** What the press does. */
  next: 'start_prepare' | 'start_task' | 'stop_task' | 'go_on_task';
  touches: SheetTouch[];
}

const start = (timer: Timer): SheetTouch => ({ touch: 'start_timer', timer });
const stop = (timer: Timer): SheetTouch => ({ touch: 'stop_timer', timer });

/** How the station stands; undefined for timers that are not a sheet's. */
export function stationStep(timers: readonly TimerView[], prepareMinutes: number): StationStep | undefined {
  const prepare = timers.find(({ timer }) => timer.type === 'prepare');
  const task = timers.find(({ timer }) => timer.type === 'task');
  if (prepare === undefined || task === undefined) return undefined;
  if (task.running) return { shown: task, next: 'stop_task', touches: [stop(task.timer)] };
  if (task.used_ms > 0) return { shown: task, next: 'go_on_task', touches: [start(task.timer)] };
  if (prepare.running) {
    return { shown: prepare, next: 'start_task', touches: [stop(prepare.timer), start(task.timer)] };
  }
  if (prepare.used_ms > 0 || prepareMinutes === 0)
    return { shown: task, next: 'start_task', touches: [start(task.timer)] };
  return { shown: prepare, next: 'start_prepare', touches: [start(prepare.timer)] };
}
