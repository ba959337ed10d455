// The vectors of the draw, each as the bundle in which a service publishes a draw.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../vectors/draw');

/** Every vector: a file each, and a line each of `many/`. */
export function vectors() {
  const texts = (name, ending) => {
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith(ending));
    return files.toSorted().map((file) => readFileSync(join(folder, name, file), 'utf8'));
  };
  const lines = texts('many', '.jsonl').flatMap((text) => text.trimEnd().split('\n'));
  return [...texts('.', '.json'), ...lines].map((text) => JSON.parse(text));
}

/** A vector as a published draw: what went in, and the digests that must come out. */
export function published({ input, digests = {} }) {
  const { manifest, public_entropy, ...documents } = input;
  const papers = Object.entries(digests).map(([paper, digest]) => ({ paper, digest }));
  const { rule = '', source = '' } = manifest.public_entropy ?? {};
  const entropy = public_entropy === null ? {} : { entropy: { v: 1, rule, source, bytes: public_entropy } };
  const message = { kind: 'draw-manifest', v: 1, payload: manifest, proofs: [] };
  return { kind: 'draw-bundle', v: 1, manifest: message, ...documents, ...entropy, papers };
}
