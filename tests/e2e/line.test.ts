/** The whole line of one candidate, as people walk it: from the custodians' secrets to the certificate list. */

import { test } from './demo.ts';
import { expectBareItems, expectNoKeys } from './leaks.ts';
import { correct, handOver, revoke } from './steps/changes.ts';
import { draw } from './steps/draw.ts';
import { correctKey } from './steps/key-correction.ts';
import { decide, score } from './steps/practical.ts';
import { pending, sign, verify } from './steps/results.ts';
import { changePc, checkIn, endSession, giveBack, handIn, outage, pause, sit, warmUp } from './steps/theory.ts';
import { Walk } from './walk.ts';

test.describe.configure({ mode: 'serial' });
const walk = new Walk();

test('the office fixes the basis, custodians commit and open, the office deals', ({ browser, demo, folder }) =>
  draw(walk, { browser, demo, folder }));
test('an unknown ticket is told what to do, a known one is bound by three checks', ({ browser, demo, folder }) =>
  checkIn(walk, { browser, demo, folder }));
test('the warm-up teaches to choose, to change and to hand in', () => warmUp(walk));
test('the room opens; answers survive a reload and a lost network', () => sit(walk));
test('an outage of the service throws nobody out', () => outage(walk));
test('a pause says why, and extra time is told without moving an option', () => pause(walk));
test('a second PC goes on with the answers, and the first one is told', ({ browser, demo, folder }) =>
  changePc(walk, { browser, demo, folder }));
test('a paper that was taken by mistake is given back by two people', ({ browser, demo, folder }) =>
  giveBack(walk, { browser, demo, folder }));
test('the paper is handed in once, with a receipt', ({ browser, demo, folder, request }) =>
  handIn(walk, { browser, demo, folder }, request));
test('two invigilators end the session', ({ browser, demo, folder }) => endSession(walk, { browser, demo, folder }));
test('no answer key reached the candidate', () => {
  expectNoKeys(walk.candidate.wire.exchanges);
  expectBareItems(walk.candidate.paper.items);
});
test('before the practical, the office learns what is missing', () => pending(walk));
test('three examiners score the candidate, one of them without a network', ({ browser, demo, folder }) =>
  score(walk, { browser, demo, folder }));
test('the lead examiner decides on the veto', ({ browser, demo, folder }) => decide(walk, { browser, demo, folder }));
test('the result is signed, the batch closed, the passer listed', ({ browser, demo, folder }) =>
  sign(walk, { browser, demo, folder }));
test('anyone finds the result valid, without a network', ({ browser, demo, folder }) =>
  verify(walk, { browser, demo, folder }));
test('two officers correct a name, and the former result is superseded', ({ browser, demo, folder }) =>
  correct(walk, { browser, demo, folder }));
test('a certificate is revoked by two, for everyone to see', ({ browser, demo, folder }) =>
  revoke(walk, { browser, demo, folder }));
test('two officers strike an item after the closing, and the mark follows', () => correctKey(walk));
test('whoever checks gets the batch, and the supervisor what scores rest on', ({ browser, demo, folder }) =>
  handOver(walk, { browser, demo, folder }));
