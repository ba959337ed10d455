/** The keyboard alone is enough: what a key means on a question's screen. */

export type KeyAction = { kind: 'choose'; place: number } | { kind: 'go'; by: -1 | 1 } | { kind: 'move'; by: -1 | 1 };

const GO: Readonly<Record<string, -1 | 1>> = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };
const MOVE: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

/** What a keyboard event says of a key: what it types now, and where it is on the keyboard. */
export type Key = Pick<KeyboardEvent, 'key' | 'code'>;

/** `options` is how many the question has; a key beyond them means nothing. */
export function keyAction({ key, code }: Key, options: number): KeyAction | null {
  // Without NumLock the keypad's digits type arrows, Home and End. They choose all the same.
  const keypad = /^Numpad([1-9])$/.exec(code)?.[1];
  if (keypad !== undefined) return choice(Number(keypad) - 1, options);
  const go = GO[key];
  if (go !== undefined) return { kind: 'go', by: go };
  const move = MOVE[key];
  if (move !== undefined) return { kind: 'move', by: move };
  const place = placeOf(key);
  return place === null ? null : choice(place, options);
}

function choice(place: number, options: number): KeyAction | null {
  return place < options ? { kind: 'choose', place } : null;
}

/** The letter of an option's place: A, B, C … */
export function letter(place: number): string {
  return String.fromCharCode(65 + place);
}

function placeOf(key: string): number | null {
  if (/^[1-9]$/.test(key)) return Number(key) - 1;
  if (/^[a-iA-I]$/.test(key)) return key.toUpperCase().charCodeAt(0) - 65;
  return null;
}
