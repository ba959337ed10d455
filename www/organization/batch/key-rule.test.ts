import { describe, expect, it } from 'vitest';

import { ruleOf } from './key-rule.ts';

describe('the rule of a form', () => {
  it('is none before an answer is chosen', () => {
    expect(ruleOf('another', [[]])).toBeNull();
    expect(ruleOf('several', [[], []])).toBeNull();
  });
  it('accepts one answer, or each of several', () => {
    expect(ruleOf('another', [['b']])).toEqual({ kind: 'accepted', keys: [['b']] });
    expect(ruleOf('several', [['a', 'b'], [], ['c']])).toEqual({ kind: 'accepted', keys: [['a', 'b'], ['c']] });
  });
  it('forgets the answers of a struck item', () => {
    expect(ruleOf('struck', [['b']])).toEqual({ kind: 'struck' });
  });
});
