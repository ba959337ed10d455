// What a browser loads for each page, from Vite's manifest: its HTML, scripts, styles and wasm, raw and as the service
// sends them: brotli over TLS, gzip over plain http.
// KAOPING_RELEASED names the folder with the pages as a release ships them; without it, `dist` is measured.
// Ends with a failure when a page is over its limit.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Kilobytes (1,000 bytes) that a page may cost; candidates share an old room's network. */
const LIMITS = { 'candidate/index.html': { brotli: 200, gzip: 240 } };
/** Pages of one file, and the kilobytes that each may have as it is: it is copied, not loaded over a network. */
const FILES = { 'verify/kaoping-verify.html': 4000 };

const dist = resolve(process.env.KAOPING_RELEASED ?? import.meta.dirname, 'dist');
const manifest = JSON.parse(readFileSync(resolve(dist, 'manifest.json'), 'utf8'));
const known = new Map();

function sizeOf(file) {
  if (!known.has(file)) {
    const raw = statSync(resolve(dist, file)).size;
    const sent = (ending) => {
      const coded = resolve(dist, `${file}.${ending}`);
      return existsSync(coded) ? statSync(coded).size : raw;
    };
    known.set(file, { raw, brotli: sent('br'), gzip: sent('gz') });
  }
  return known.get(file);
}

/** Files that stand in no entry of the manifest: workers and what they load. */
const unlisted = readdirSync(resolve(dist, 'assets'))
  .filter((name) => !/\.(br|gz)$/.test(name))
  .map((name) => `assets/${name}`)
  .filter((file) => !Object.values(manifest).some((chunk) => chunk.file === file || chunk.assets?.includes(file)));

/** Every file that a page can load, whether at once or later. */
function filesOf(entry) {
  const files = listed(entry);
  // A set goes on to what is added while it is walked.
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(resolve(dist, file), 'utf8');
    for (const other of unlisted) if (text.includes(other.slice('assets/'.length))) files.add(other);
  }
  return files;
}

function listed(entry, seen = new Set()) {
  const chunk = manifest[entry];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) seen.add(file);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) {
    if (!seen.has(manifest[next]?.file)) listed(next, seen);
  }
  return seen;
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
const row = (name, { raw, brotli, gzip }) =>
  console.log(`${name.padEnd(44)}${kilobytes(raw)}${kilobytes(brotli)}${kilobytes(gzip)}`);
const add = (one, other) => ({
  raw: one.raw + other.raw,
  brotli: one.brotli + other.brotli,
  gzip: one.gzip + other.gzip,
});
const sum = (files) => [...files].map(sizeOf).reduce(add);

const pages = Object.keys(manifest).filter((key) => manifest[key].isEntry && key.endsWith('.html'));
const over = [];
console.log(`${'page'.padEnd(44)}  raw KB  brotli    gzip`);
for (const page of pages.toSorted()) {
  const files = filesOf(page).add(page);
  const total = sum(files);
  row(page, total);
  for (const file of [...files].filter((file) => file.endsWith('.wasm'))) row(`  of it ${file}`, sizeOf(file));
  for (const [coding, limit] of Object.entries(LIMITS[page] ?? {})) {
    if (total[coding] > limit * 1000) over.push(`${page} is over its ${limit} KB of ${coding}`);
  }
}
for (const [page, limit] of Object.entries(FILES).filter(([page]) => existsSync(resolve(dist, page)))) {
  row(page, sizeOf(page));
  if (sizeOf(page).raw > limit * 1000) over.push(`${page} is over its ${limit} KB`);
}
for (const page of [...Object.keys(LIMITS), ...Object.keys(FILES)].filter((page) => !existsSync(resolve(dist, page)))) {
  over.push(`${page} was not built`);
}
for (const message of over) console.error(message);
process.exitCode = over.length === 0 ? 0 : 1;
