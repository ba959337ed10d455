import { describe, expect, it } from 'vitest';
import { keyAction, letter } from './keys.ts';

describe('keys on a question', () => {
  it('choose by number and by letter, capital or small', () => {
    for (const key of ['2', 'b', 'B']) expect(keyAction(key, 4)).toEqual({ kind: 'choose', place: 1 });
    expect(letter(1)).toBe('B');
  });

  // Catches a third option chosen in a true/false question.
  it('mean nothing beyond the options', () => {
    for (const key of ['3', 'c', '0', 'z', 'F5', 'Tab']) expect(keyAction(key, 2)).toBeNull();
  });

  it('change the question and move among the options', () => {
    expect(keyAction('ArrowRight', 4)).toEqual({ kind: 'go', by: 1 });
    expect(keyAction('PageUp', 4)).toEqual({ kind: 'go', by: -1 });
    expect(keyAction('ArrowDown', 4)).toEqual({ kind: 'move', by: 1 });
  });
});
