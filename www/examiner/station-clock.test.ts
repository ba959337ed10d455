import { describe, expect, it } from 'vitest';
import type { TimerView } from '../shared/engine/generated/types.ts';
import { stationStep } from './station-clock.ts';

function timers(prepare: Partial<TimerView>, task: Partial<TimerView>): TimerView[] {
  const still = { used_ms: 0, left_ms: 60_000, running: false };
  return [
    { timer: { type: 'prepare' }, ...still, ...prepare },
    { timer: { type: 'task' }, ...still, ...task },
  ];
}

describe('the clock of a station', () => {
  it('goes from the preparation to the task, and never runs both', () => {
    expect(stationStep(timers({}, {}), 5)?.touches).toEqual([{ touch: 'start_timer', timer: { type: 'prepare' } }]);
    const preparing = stationStep(timers({ used_ms: 1_000, running: true }, {}), 5);
    expect([preparing?.shown.timer.type, preparing?.next]).toEqual(['prepare', 'start_task']);
    expect(preparing?.touches).toEqual([
      { touch: 'stop_timer', timer: { type: 'prepare' } },
      { touch: 'start_timer', timer: { type: 'task' } },
    ]);
    const working = stationStep(timers({ used_ms: 1_000 }, { used_ms: 9, running: true }), 5);
    expect([working?.shown.timer.type, working?.next]).toEqual(['task', 'stop_task']);
    const stopped = stationStep(timers({ used_ms: 1_000 }, { used_ms: 9 }), 5);
    expect(stopped?.next).toBe('go_on_task');
  });

  it('begins with the task where there is nothing to prepare', () => {
    expect(stationStep(timers({}, {}), 0)?.touches).toEqual([{ touch: 'start_timer', timer: { type: 'task' } }]);
  });
});
