import { expect, test } from 'vitest';
import { newRequestKey, RequestKeys } from './request-key.ts';

test('a key has the form that the service demands', () => {
  expect(newRequestKey()).toMatch(/^[a-z0-9-]{16,64}$/);
  expect(newRequestKey()).not.toBe(newRequestKey());
});

// Catches a form that was changed after a lost answer and then counts as the first request, or not at all.
test('a form has one key while it says the same', () => {
  const keys = new RequestKeys();
  const first = keys.for({ login: 'wang' });
  expect(keys.for({ login: 'wang' })).toBe(first);
  const second = keys.for({ login: 'li' });
  expect(second).not.toBe(first);
  keys.done();
  expect(keys.for({ login: 'li' })).not.toBe(second);
});
