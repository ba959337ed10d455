// The draw gives the same bytes in every browser: each vector, by the face that the verify page ships.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BROWSERS, visit } from './browsers.mjs';
import { open } from './site.mjs';
import { published, vectors } from './vectors.mjs';

const all = vectors();
const accepted = all.filter(({ expect }) => expect === 'papers');
const refused = all.filter(({ expect }) => expect === 'refused');
/** A published digest that no draw gives: an audit that compares nothing would pass it. */
const [[paper, digest]] = Object.entries(accepted[0].digests);
const other = digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
const altered = published({ ...accepted[0], digests: { ...accepted[0].digests, [paper]: other } });

for (const [name, browser] of Object.entries(BROWSERS)) {
  test(`${name}: ${accepted.length} draws and ${refused.length} refusals as published`, async () => {
    const work = all.map((vector) => ({ name: vector.name, bundle: published(vector) }));
    const site = await open([...work, { name: 'altered', bundle: altered }]);
    try {
      const done = await visit(browser, site.address, site.sent);
      compare(new Map(done.map((entry) => [entry.name, entry])));
    } finally {
      site.close();
    }
  });
}

function compare(done) {
  assert.equal(done.size, all.length + 1, 'every vector was audited, under a name of its own');
  const report = (name) => done.get(name).answer.ok.report;
  for (const { name, digests, input } of accepted) {
    const papers = Object.keys(digests).length;
    const { refusal, differences } = report(name);
    const codes = differences.map(({ code }) => code);
    // No records of a ceremony stand beside a vector, and the formal profile demands them.
    const missing = input.basis.profile === 'formal' ? ['openings_late'] : [];
    assert.deepEqual({ refusal, codes }, { refusal: null, codes: missing }, name);
    assert.deepEqual(done.get(name).steps.at(-1), [papers, papers], `${name}: progress ends with all papers`);
  }
  for (const { name, refusal } of refused) assert.equal(report(name).refusal, refusal, name);
  const [difference, ...others] = report('altered').differences;
  assert.equal(difference.code, 'paper_differs');
  assert.ok(difference.place.includes(paper), difference.place);
  assert.deepEqual(others, []);
}
