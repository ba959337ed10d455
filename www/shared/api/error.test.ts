import { describe, expect, it } from 'vitest';
import { refusal } from './error.ts';

const fault = { code: 'x', place: '第 2 行', cause: { zh: '因', en: 'cause' }, cure: { zh: '治', en: 'cure' } };

describe('a refusal', () => {
  it('keeps code, place, cause, cure, and the defects of a list', () => {
    const error = refusal(422, { error: fault, faults: [fault, { code: 'no texts' }], head: 'h' });
    expect([error.status, error.code, error.fault.place, error.faults.length]).toEqual([422, 'x', '第 2 行', 1]);
    expect(error.answer.head).toBe('h');
  });

  // Catches a blank page when something between page and service answers instead of the service.
  it('says something whatever the answer holds', () => {
    for (const body of [null, 'gateway', [], {}, { error: 'text' }]) {
      const error = refusal(502, body);
      expect([error.code, error.faults]).toEqual(['http_502', []]);
      expect(error.fault.cause.zh).toContain('502');
    }
  });
});
