import { expect, test, vi } from 'vitest';
import { chinaDay, clock, dayOf, duration, span } from './time.ts';

// The language is kept on the page, which there is none of here.
vi.mock('../texts/language.svelte.ts', () => ({ language: { current: 'zh-CN' } }));

test('a span is over at 0:00 and not a second before', () => {
  expect(span(90 * 60_000)).toBe('1:30:00');
  expect(span(59 * 60_000 + 59_001)).toBe('1:00:00');
  expect(span(12 * 60_000)).toBe('12:00');
  expect(span(1)).toBe('00:01');
  expect(span(0)).toBe('00:00');
  expect(span(-5_000)).toBe('00:00');
});

// 2026-11-22T04:00:05Z; a PC in another zone must show the room's time.
test('the clock is that of China', () => {
  expect(clock(1_795_320_005_000)).toBe('12:00');
  expect(clock(1_795_320_005_000, true)).toBe('12:00:05');
});

test('a length is told in two units at most', () => {
  expect(duration(0)).toBe('0 秒');
  expect(duration(-5)).toBe('0 秒');
  expect(duration(40_999)).toBe('40 秒');
  expect(duration(60_000)).toBe('1 分');
  expect(duration(7_500_000)).toBe('2 小时 5 分');
  expect(duration(7_205_000)).toBe('2 小时');
  expect(duration(400 * 86_400_000 + 3_600_000)).toBe('400 天 1 小时');
});

// 2026-11-22T17:00:00Z is the next day in China.
test('days are those of China', () => {
  expect(chinaDay(1_795_366_800_000)).toBe('2026-11-23');
  expect(dayOf('2026-12-01')).toBe('12月1日');
  expect(dayOf('soon')).toBe('soon');
});
