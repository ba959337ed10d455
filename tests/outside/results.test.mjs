// Results by other hands: jose checks every signature of a whole batch, and rejects what was altered.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { calculateJwkThumbprint, compactVerify, decodeJwt, generateKeyPair, importJWK, jwtVerify } from 'jose';

const folder = process.env.KAOPING_BATCH;
assert.ok(folder, "KAOPING_BATCH must name a batch's folder; README.md says how to make one");
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const trust = read('trust.json');
const results = readdirSync(folder)
  .map((name) => ({ name, pseudonym: /^result-(.+)\.json$/.exec(name)?.[1] }))
  .filter(({ pseudonym }) => pseudonym)
  .map(({ name, pseudonym }) => ({ pseudonym, bundle: read(name) }));

/** The trusted key of whoever a credential claims to be issued by. */
async function trustedKey(jws) {
  const issuer = trust.issuers.find(({ organization_id }) => organization_id === decodeJwt(jws).issuer.id);
  assert.ok(issuer, 'the issuer is on the trust list');
  return { issuer, key: await importJWK(issuer.key, 'ES256') };
}

test('every result is signed by the trusted issuer, and says what a result must', async () => {
  assert.equal(results.length, 40);
  for (const { pseudonym, bundle } of results) {
    const { issuer, key } = await trustedKey(bundle.jws);
    const { payload, protectedHeader } = await jwtVerify(bundle.jws, key, { algorithms: ['ES256'], typ: 'vc+jwt' });
    const kid = await calculateJwkThumbprint(issuer.key, 'sha256');
    assert.deepEqual({ ...protectedHeader }, { alg: 'ES256', cty: 'vc', kid, typ: 'vc+jwt' });

    assert.deepEqual(payload['@context'], ['https://www.w3.org/ns/credentials/v2']);
    assert.deepEqual(payload.type, ['VerifiableCredential', 'CareLevelResult']);
    assert.deepEqual(payload.requiredSignatures, ['ES256']);
    assert.equal(payload.v, 1);
    assert.match(payload.validFrom, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(Date.parse(payload.validFrom) >= issuer.valid_from_ms - 1000, 'issued after the key became valid');
    assert.deepEqual(payload.issuer.filing, issuer.filing);

    const subject = payload.credentialSubject;
    assert.equal(subject.id, `urn:kaoping:person:${pseudonym}`);
    assert.equal(payload.id, `urn:kaoping:result:${subject.batch}:${pseudonym}`);
    assert.equal(subject.occupationCode, issuer.filing.occupation);
    assert.ok(issuer.filing.levels.includes(subject.level));
    assert.equal(subject.outcome, subject.theory.passed && subject.practical.passed ? 'passed' : 'failed');
    assert.equal(subject.label, '样题，非国家题库');
  }
});

test('an altered payload is rejected', async () => {
  const failed = results.find(({ bundle }) => decodeJwt(bundle.jws).credentialSubject.outcome === 'failed');
  assert.ok(failed, 'the batch has somebody who failed');
  const [header, payload, signature] = failed.bundle.jws.split('.');
  const { key } = await trustedKey(failed.bundle.jws);
  await compactVerify([header, payload, signature].join('.'), key);

  const text = Buffer.from(payload, 'base64url').toString();
  const better = text.replace('"outcome":"failed"', '"outcome":"passed"');
  assert.notEqual(better, text);
  const forged = [header, Buffer.from(better).toString('base64url'), signature].join('.');
  await assert.rejects(compactVerify(forged, key), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
});

test('another key is rejected', async () => {
  const { publicKey } = await generateKeyPair('ES256');
  const rejected = { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' };
  await assert.rejects(compactVerify(results[0].bundle.jws, publicKey), rejected);
});

test('a header without signature is rejected', async () => {
  const { key } = await trustedKey(results[0].bundle.jws);
  const header = Buffer.from('{"alg":"none","typ":"vc+jwt"}').toString('base64url');
  const bare = [header, results[0].bundle.jws.split('.')[1], ''].join('.');
  await assert.rejects(jwtVerify(bare, key, { algorithms: ['ES256'] }), { code: 'ERR_JOSE_ALG_NOT_ALLOWED' });
});
