import { expect, test } from 'vitest';
import { waitingOrder } from './waiting-order.ts';

// Catches a candidate whose PC died and who waits out of sight below nine arrivals while time runs.
test('who changes the PC stands first', () => {
  const waiting = [
    { code: '1234', replaces: false },
    { code: '1299', replaces: false },
    { code: '5678', replaces: true },
  ];
  expect(waitingOrder(waiting).map(({ code }) => code)).toEqual(['5678', '1234', '1299']);
});
