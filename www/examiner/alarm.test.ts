import { describe, expect, it } from 'vitest';
import { alarmBetween } from './alarm.ts';

describe('the clock of a task', () => {
  it('is announced one minute before its end and at its end, each once', () => {
    expect(alarmBetween(60_500, 60_000)).toBe('minute');
    expect(alarmBetween(60_000, 59_500)).toBeNull();
    expect(alarmBetween(500, null)).toBe('over');
    expect(alarmBetween(null, null)).toBeNull();
    expect(alarmBetween(90_000, 89_500)).toBeNull();
  });
});
