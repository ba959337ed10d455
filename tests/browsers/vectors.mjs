// The vectors of the draw, each as the bundle in which a service publishes a draw.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../vectors/draw');

/** Every vector with its input written out: a file each, and a line each of `many/`. */
export function vectors() {
  const files = (name, ending) => {
    const names = readdirSync(join(folder, name)).filter((file) => file.endsWith(ending));
    return names.toSorted().map((file) => readFileSync(join(folder, name, file), 'utf8'));
  };
  const alone = files('.', '.json').map((text) => JSON.parse(text));
  const many = files('many', '.jsonl').flatMap((text) => {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const inputs = new Map(lines.map(({ name, input }) => [name, input]));
    return lines.map(({ changes = [], ...vector }) => {
      const input = typeof vector.input === 'string' ? inputs.get(vector.input) : vector.input;
      return { ...vector, input: changed(input, changes) };
    });
  });
  return [...alone, ...many];
}

/** An input with changes: `[pointer, value]` sets a value, `[pointer]` takes a member away. */
function changed(input, changes) {
  const copy = structuredClone(input);
  for (const [pointer, ...value] of changes) {
    const path = pointer.split('/').slice(1);
    const names = path.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    const parent = names.reduce((place, name) => place[name], copy);
    if (value.length === 0) delete parent[last];
    else parent[last] = value[0];
  }
  return copy;
}

/** A vector as a published draw, in JSON: what went in, and the digests that must come out. */
export function published({ input, digests = {}, texts = {} }) {
  const { basis, manifest, public_entropy, ...documents } = input;
  const papers = Object.entries(digests).map(([paper, digest]) => ({ paper, digest }));
  const entropy = public_entropy === null ? {} : { entropy: outcome(basis.public_entropy, public_entropy) };
  const message = (kind, payload) => ({ kind, v: 1, payload, proofs: [] });
  const bundle = {
    kind: 'draw-bundle',
    v: 1,
    ...documents,
    ...entropy,
    papers,
    basis: message('draw-basis', basis),
    manifest: message('draw-manifest', manifest),
  };
  return withTexts(bundle, texts);
}

/** An outcome as its rule has it: of a lottery the numbers that its bytes tell, otherwise the bytes. */
function outcome(named, bytes) {
  const { rule = '', source = '', not_before_ms = 0 } = named ?? {};
  const head = { v: 1, rule, source };
  const text = Buffer.from(bytes, 'hex').toString();
  if (rule !== 'lottery-rfc3797' || !/^(\d+\.)+\/$/.test(text)) return { ...head, bytes };
  const numbers = [text.slice(0, -2).split('.').map(Number)];
  return { ...head, numbers, published_at_ms: not_before_ms };
}

/** The bundle with JSON texts in place of some documents: they may say what no value of this language is. */
function withTexts(bundle, texts) {
  const places = {
    basis: [bundle.basis, 'payload'],
    manifest: [bundle.manifest, 'payload'],
    blueprint: [bundle, 'blueprint'],
    seating: [bundle, 'seating'],
    index: [bundle.indexes, 0],
    secret: [bundle.secrets, 0],
  };
  const mark = (name) => `text of the ${name}`;
  for (const name of Object.keys(texts)) {
    const [parent, member] = places[name];
    parent[member] = mark(name);
  }
  let json = JSON.stringify(bundle);
  for (const [name, text] of Object.entries(texts)) json = json.replace(JSON.stringify(mark(name)), () => text);
  return json;
}
