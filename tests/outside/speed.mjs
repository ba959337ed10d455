// How fast others sign and check: jose a credential, sm-crypto a short message. `cargo xtask bench records` prints it beside ours.
//
// Each line is `name TAB value TAB unit`: nanoseconds of the processor, all threads together, the median of several runs.

import { CompactSign, compactVerify, generateKeyPair } from 'jose';
import smCrypto from 'sm-crypto';

const RUNS = 7;

/** Nanoseconds for one of `count` calls. */
async function median(count, call) {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = process.cpuUsage();
    for (let number = 0; number < count; number += 1) await call();
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / count);
  }
  times.sort((a, b) => a - b);
  return Math.round(times[Math.floor(RUNS / 2)]);
}

async function measure(name, count, call) {
  await call();
  process.stdout.write(`${name}\t${await median(count, call)}\tns\n`);
}

function hold(holds) {
  if (!holds) throw new Error('a signature does not hold');
}

const { publicKey, privateKey } = await generateKeyPair('ES256');
// As long as a result.
const payload = new Uint8Array(Number(process.argv[2] ?? 1500)).fill(0x61);
const sign = () => new CompactSign(payload).setProtectedHeader({ alg: 'ES256', typ: 'vc+jwt' }).sign(privateKey);
const compact = await sign();
await measure('credential sign: jose in Node', 1000, sign);
await measure('credential verify: jose in Node', 1000, () => compactVerify(compact, publicKey));

const pair = smCrypto.sm2.generateKeyPairHex();
const message = 'as many bytes as a digest holds.';
const options = { hash: true, userId: '1234567812345678', publicKey: pair.publicKey };
const signature = smCrypto.sm2.doSignature(message, pair.privateKey, options);
await measure('SM2 sign: sm-crypto in Node', 40, () => smCrypto.sm2.doSignature(message, pair.privateKey, options));
await measure('SM2 verify: sm-crypto in Node', 40, () =>
  hold(smCrypto.sm2.doVerifySignature(message, signature, pair.publicKey, options)),
);
