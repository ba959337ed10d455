// Writes each built file that gets smaller a second and a third time, by brotli (`.br`) and gzip (`.gz`): the service sends
// what the browser takes. What a release ships is made as small as it gets; a first build should be quick.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const released = process.env.KAOPING_RELEASED;
const dist = resolve(released ?? import.meta.dirname, 'dist');
const levels = released === undefined ? { brotli: 5, gzip: 6 } : { brotli: 11, gzip: 9 };
/** Smaller files fit into one packet either way. */
const SMALLEST = 1000;
const KINDS = /\.(html|js|css|wasm|svg|json)$/;

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !KINDS.test(entry.name) || entry.name === 'manifest.json') continue;
  const path = resolve(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  if (bytes.length < SMALLEST) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: levels.brotli, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const coded = { br: brotliCompressSync(bytes, { params }), gz: gzipSync(bytes, { level: levels.gzip }) };
  for (const [ending, smaller] of Object.entries(coded)) {
    if (smaller.length < bytes.length * 0.9) writeFileSync(`${path}.${ending}`, smaller);
  }
}
