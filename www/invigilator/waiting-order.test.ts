import { expect, test } from 'vitest';
import { waitingOrder } from './waiting-order.ts';

const waiting = [
  { code: '1234', replaces: false },
  { code: '1299', replaces: false },
  { code: '5678', replaces: true },
];
const codes = (digits: string): string[] => waitingOrder(waiting, digits).map(({ code }) => code);

// Catches a candidate whose PC died and who waits out of sight below nine arrivals while time runs.
test('who changes the PC stands first, whatever is searched', () => {
  expect(codes('')).toEqual(['5678', '1234', '1299']);
  expect(codes('12')).toEqual(['5678', '1234', '1299']);
  expect(codes('1299')).toEqual(['5678', '1299']);
});
