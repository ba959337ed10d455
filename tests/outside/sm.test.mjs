// SM2 by other hands: sm-crypto takes and refuses what the vectors say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import smCrypto from 'sm-crypto';

const { cases } = JSON.parse(readFileSync(new URL('../vectors/sm/signatures.json', import.meta.url), 'utf8'));

/** Whether sm-crypto takes the signature of a case. */
function holds({ x, y, message, signature }) {
  const publicKey = `04${x}${y}`;
  if (!smCrypto.sm2.verifyPublicKey(publicKey)) return false;
  return smCrypto.sm2.doVerifySignature(message, signature, publicKey, { hash: true, userId: '1234567812345678' });
}

test('sm-crypto agrees with every case', () => {
  assert.deepEqual(new Set(cases.map(({ valid }) => valid)), new Set([true, false]));
  for (const one of cases) {
    // Its parser of hexadecimal does not look at the length, which is not part of the scheme.
    if (one.signature.length !== 128) continue;
    assert.equal(holds(one), one.valid, one.name);
  }
});
