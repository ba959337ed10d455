import { describe, expect, it } from 'vitest';
import { taskGroups, type Task } from './task-groups.ts';

function task(batch: string, exam_day: string, number: number, shown: Task['shown'] = 'waiting'): Task {
  return { batch, batch_title: `title of ${batch}`, exam_day, panel_name: 'panel', number, shown };
}

describe('tasks of an examiner', () => {
  // Catches two candidates "2" of two batches under one tile.
  it('stand by batch, today first, then those to come', () => {
    const groups = taskGroups(
      [task('a', '2026-11-20', 2), task('b', '2026-12-03', 2), task('c', '2026-12-01', 2), task('d', '2026-12-02', 2)],
      '2026-12-01',
    );
    expect(groups.map(({ batch }) => batch)).toEqual(['c', 'd', 'b', 'a']);
    expect(groups.every(({ numbers }) => numbers.length === 1 && numbers[0]?.entries.length === 1)).toBe(true);
  });

  // Catches sheets that wait on the tablet and are called the next ones to score.
  it('name the next candidate, passing over what is scored and only waits to be sent', () => {
    const [group] = taskGroups(
      [task('a', 'd', 1, 'handed_in'), task('a', 'd', 1, 'unsent'), task('a', 'd', 3), task('a', 'd', 2, 'started')],
      'd',
    );
    expect([group?.next, group?.open]).toEqual([2, 2]);
    expect(group?.numbers.map(({ number, open }) => [number, open])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
  });

  it('have no next one when all are scored', () => {
    expect(taskGroups([task('a', 'd', 1, 'unsent')], 'd')[0]?.next).toBeNull();
  });
});
