// The audit of a published draw by the wasm that the verify page ships: `node wasm.mjs FACE DRAW`. Prints `name TAB value TAB unit`.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const RUNS = 5;
const [face, draw] = process.argv.slice(2);
const { initSync, audit } = await import(pathToFileURL(`${face}/audit.js`));
const { memory } = initSync({ module: readFileSync(`${face}/audit_bg.wasm`) });
const bundle = readFileSync(draw);
const papers = JSON.parse(bundle).papers.length;

/** Nanoseconds of the processor, so that other programs' work does not count. */
function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

const times = Array.from({ length: RUNS }, () => {
  const start = spent();
  const { verdict } = JSON.parse(audit(bundle, undefined, { papers() {} })).ok.report;
  if (verdict !== 'holds') throw new Error(`the draw ${verdict}`);
  return spent() - start;
});
const median = times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)];
console.log(`audit of ${papers} papers, a paper: wasm\t${Math.round(median / papers)}\tns`);
console.log(`audit of ${papers} papers, memory: wasm\t${Math.ceil(memory.buffer.byteLength / 2 ** 20)}\tMiB`);
