// Results by other hands: jose checks every signature of a whole batch, and rejects what was altered.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { calculateJwkThumbprint, compactVerify, decodeJwt, generateKeyPair, importJWK, jwtVerify } from 'jose';
import smCrypto from 'sm-crypto';

const folder = process.env.KAOPING_BATCH;
assert.ok(folder, "KAOPING_BATCH must name a batch's folder; README.md says how to make one");
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const trust = read('trust.json');
const bundles = (kind) =>
  readdirSync(folder)
    .map((name) => ({ name, pseudonym: new RegExp(`^${kind}-(.+)\\.json$`).exec(name)?.[1] }))
    .filter(({ pseudonym }) => pseudonym)
    .map(({ name, pseudonym }) => ({ pseudonym, bundle: read(name) }));
const results = bundles('result');
const certificates = bundles('certificate');

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
    assert.deepEqual(payload.requiredSignatures, ['ES256', 'SM2-SM3']);
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

const hex = (text) => Buffer.from(text, 'base64url').toString('hex');

/** Whether sm-crypto takes the SM2 signature beside a credential, over what its own signature covers. */
function holdsBeside({ jws, proofs: [proof] }, issuer, change = (input) => input) {
  const [key] = issuer.beside;
  assert.deepEqual({ crv: key.crv, kty: key.kty, alg: proof.alg }, { crv: 'SM2', kty: 'EC', alg: 'SM2-SM3' });
  const input = change(jws.slice(0, jws.lastIndexOf('.')));
  const publicKey = `04${hex(key.x)}${hex(key.y)}`;
  return smCrypto.sm2.doVerifySignature(input, hex(proof.value), publicKey, { hash: true, userId: '1234567812345678' });
}

test('every credential bears the SM2 signature that it names as required', async () => {
  for (const { bundle } of [...results, ...certificates]) {
    const { issuer } = await trustedKey(bundle.jws);
    assert.equal(bundle.proofs.length, 1);
    assert.ok(holdsBeside(bundle, issuer));
  }
  const [{ bundle }] = results;
  const { issuer } = await trustedKey(bundle.jws);
  assert.ok(!holdsBeside(bundle, issuer, (input) => `${input}A`), 'another text is not signed');
});

test('whoever passed has one certificate, which rests on the result', async () => {
  const passed = new Map();
  for (const { pseudonym, bundle } of results) {
    if (decodeJwt(bundle.jws).credentialSubject.outcome !== 'passed') continue;
    passed.set(pseudonym, {
      result: decodeJwt(bundle.jws),
      identity: createHash('sha256').update(payloadOf(bundle.jws)).digest('hex'),
    });
  }
  assert.deepEqual(new Set(certificates.map(({ pseudonym }) => pseudonym)), new Set(passed.keys()));
  const numbers = new Set();
  for (const { pseudonym, bundle } of certificates) {
    const { key } = await trustedKey(bundle.jws);
    const { payload } = await jwtVerify(bundle.jws, key, { algorithms: ['ES256'], typ: 'vc+jwt' });
    const { result, identity } = passed.get(pseudonym);
    const subject = payload.credentialSubject;
    assert.deepEqual(payload.type, ['VerifiableCredential', 'CareLevelCertificate']);
    assert.equal(payload.id, `urn:kaoping:certificate:${subject.number}`);
    assert.deepEqual(subject.basis, { kind: 'exam', results: [identity] });
    assert.deepEqual(subject.identity, result.credentialSubject.evidence.identity);
    assert.equal(subject.level, result.credentialSubject.level);
    assert.match(subject.number, /^[0-9A-Z]{22}$/);
    numbers.add(subject.number);
  }
  assert.equal(numbers.size, certificates.length, 'no number twice');
});

function payloadOf(jws) {
  return Buffer.from(jws.split('.')[1], 'base64url');
}
