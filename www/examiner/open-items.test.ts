import { expect, it } from 'vitest';
import type { ItemKind, SheetItem, SheetSection } from '../shared/engine/generated/types.ts';
import { fullMarks, nextOpen } from './open-items.ts';

function item(id: string, kind: ItemKind = { type: 'binary' }): SheetItem {
  const awards = [
    { code: 'yes', label: '做到', half_marks: 8 },
    { code: 'no', label: '没做', half_marks: 0 },
  ];
  return { id, content: id, points: '', criterion: '', half_marks: 8, kind, oral: false, awards };
}
const first: SheetSection = {
  id: 'a',
  title: '',
  items: [item('1'), item('2'), item('3', { type: 'timed', limits_s: [60] })],
};
const second: SheetSection = { id: 'b', title: '', items: [item('4')] };

// Catches a jump back to what was just scored, or past the end of the sheet.
it('goes to the next open item, and to the first one after the last', () => {
  expect(nextOpen([first, second], { 1: 'yes' }, '1')).toBe('2');
  expect(nextOpen([first, second], { 1: 'yes', 2: 'yes', 3: 'no' }, '2')).toBe('4');
  expect(nextOpen([first, second], { 4: 'yes' }, '4')).toBe('1');
  expect(nextOpen([first, second], { 1: 'yes', 2: 'yes', 3: 'no', 4: 'no' }, '4')).toBeNull();
});

// Catches full marks for an item that was scored lower, or whose own clock decides.
it('gives full marks to the open items of one section alone', () => {
  expect(fullMarks(first, {})).toEqual([
    { item: '1', award: 'yes' },
    { item: '2', award: 'yes' },
  ]);
  expect(fullMarks(first, { 1: 'no' })).toEqual([{ item: '2', award: 'yes' }]);
  expect(fullMarks(second, { 4: 'no' })).toEqual([]);
});
