/** Times as staff read them. Staff PCs and exam rooms are in China, whose time has no summer time. */

import { language } from '../texts/language.svelte.ts';

const ZONE = 'Asia/Shanghai';

/** Hours and minutes, with seconds when asked. */
export function clock(ms: number, seconds = false): string {
  return new Intl.DateTimeFormat('zh-CN', {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(ms);
}

/** Day and time. */
export function dayAndClock(ms: number): string {
  return new Intl.DateTimeFormat(language.current, {
    timeZone: ZONE,
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(ms);
}

/** A span as `12:05`, or `1:02:05` from an hour on. Rounded up, so that `0:00` means over. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (number: number): string => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

/** A length in words: `2 小时 5 分`, `40 秒`. Two units at most, rounded down. */
export function duration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const units: readonly [number, string, string][] = [
    [86_400, '天', 'd'],
    [3_600, '小时', 'h'],
    [60, '分', 'min'],
    [1, '秒', 's'],
  ];
  const first = units.findIndex(([length]) => seconds >= length);
  const shown = first < 0 ? units.slice(-1) : units.slice(first, first + 2);
  let rest = seconds;
  const parts = shown.map(([length, chinese, english]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return { count, text: `${count} ${language.current === 'zh-CN' ? chinese : english}` };
  });
  return parts
    .filter(({ count }, place) => count > 0 || place === 0)
    .map(({ text }) => text)
    .join(' ');
}

/** The day in China at a time, as `2026-12-01`. */
export function chinaDay(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(ms);
}

/** A day such as `2026-12-01` as people read it. */
export function dayOf(day: string): string {
  const noon = Date.parse(`${day}T12:00:00+08:00`);
  if (Number.isNaN(noon)) return day;
  return new Intl.DateTimeFormat(language.current, { timeZone: ZONE, month: 'long', day: 'numeric' }).format(noon);
}
