// The vectors of the draw, each as the bundle in which a service publishes a draw.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../vectors/draw');

/** Every vector: `.json` holds one, `.jsonl` one a line. */
export function vectors() {
  const files = readdirSync(folder, { recursive: true }).toSorted();
  return files.flatMap((file) => {
    const text = () => readFileSync(join(folder, file), 'utf8');
    if (file.endsWith('.json')) return [JSON.parse(text())];
    if (file.endsWith('.jsonl'))
      return text()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    return [];
  });
}

/** A vector as a published draw: what went in, and the digests that must come out. */
export function published({ input, digests = {} }) {
  const { manifest, public_entropy, ...documents } = input;
  const papers = Object.entries(digests).map(([paper, digest]) => ({ paper, digest }));
  const entropy = public_entropy === null ? {} : { public_entropy };
  const message = { kind: 'draw-manifest', v: 1, payload: manifest, proofs: [] };
  return { kind: 'draw-bundle', v: 1, manifest: message, ...documents, ...entropy, papers };
}
