import { expect, test } from 'vitest';

import { Lines } from './lines.ts';

function linesOf(text: string, slice: number): string[] {
  const bytes = new TextEncoder().encode(text);
  const lines = new Lines(bytes.length, (from, to) => bytes.subarray(from, to), slice);
  const found: string[] = [];
  for (let line = lines.line(); line !== undefined; line = lines.line()) found.push(new TextDecoder().decode(line));
  expect(lines.position).toBe(bytes.length);
  return found;
}

// A line that is cut where a slice ends, or a letter of three bytes in two halves, would be found altered.
test('slices of any length give the same lines', () => {
  for (let slice = 1; slice <= 12; slice++) {
    expect(linesOf('照护\n\nb\nlast', slice)).toEqual(['照护', '', 'b', 'last']);
    expect(linesOf('a\nb\n', slice)).toEqual(['a', 'b']);
  }
});

test('an empty file has no line', () => {
  expect(linesOf('', 4)).toEqual([]);
});

test('the whole file is given after its first line was read', () => {
  const bytes = new TextEncoder().encode('{\n"kind":"draw-bundle"}');
  const lines = new Lines(bytes.length, (from, to) => bytes.subarray(from, to), 1);
  lines.line();
  expect(lines.whole()).toEqual(bytes);
});
