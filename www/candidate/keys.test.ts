import { describe, expect, it } from 'vitest';
import { keyAction, letter } from './keys.ts';

const typed = (key: string): { key: string; code: string } => ({ key, code: '' });

describe('keys on a question', () => {
  it('choose by number and by letter, capital or small', () => {
    for (const key of ['2', 'b', 'B']) expect(keyAction(typed(key), 4)).toEqual({ kind: 'choose', place: 1 });
    expect(letter(1)).toBe('B');
  });

  // Catches a third option chosen in a true/false question.
  it('mean nothing beyond the options', () => {
    for (const key of ['3', 'c', '0', 'z', 'F5', 'Tab']) expect(keyAction(typed(key), 2)).toBeNull();
    expect(keyAction({ key: '3', code: 'Numpad3' }, 2)).toBeNull();
    expect(keyAction({ key: '0', code: 'Numpad0' }, 4)).toBeNull();
  });

  // Catches a keypad that turns the page instead of choosing while NumLock is off.
  it('choose by the keypad whatever NumLock is', () => {
    const without = ['End', 'ArrowDown', 'PageDown', 'ArrowLeft', 'Clear', 'ArrowRight', 'Home', 'ArrowUp', 'PageUp'];
    without.forEach((key, place) => {
      const code = `Numpad${place + 1}`;
      expect(keyAction({ key, code }, 9)).toEqual({ kind: 'choose', place });
      expect(keyAction({ key: String(place + 1), code }, 9)).toEqual({ kind: 'choose', place });
    });
  });

  it('change the question and move among the options', () => {
    expect(keyAction({ key: 'ArrowRight', code: 'ArrowRight' }, 4)).toEqual({ kind: 'go', by: 1 });
    expect(keyAction(typed('PageUp'), 4)).toEqual({ kind: 'go', by: -1 });
    expect(keyAction(typed('ArrowDown'), 4)).toEqual({ kind: 'move', by: 1 });
  });
});
