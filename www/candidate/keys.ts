/** The keyboard alone is enough: what a key means on a question's screen. */

export type KeyAction = { kind: 'choose'; place: number } | { kind: 'go'; by: -1 | 1 } | { kind: 'move'; by: -1 | 1 };

const GO: Readonly<Record<string, -1 | 1>> = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };
const MOVE: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

/** `options` is how many the question has; a key beyond them means nothing. */
export function keyAction(key: string, options: number): KeyAction | null {
  const go = GO[key];
  if (go !== undefined) return { kind: 'go', by: go };
  const move = MOVE[key];
  if (move !== undefined) return { kind: 'move', by: move };
  const place = placeOf(key);
  return place !== null && place < options ? { kind: 'choose', place } : null;
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
