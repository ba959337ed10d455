/** A file read line by line, so that a large one is never held whole. */

const NEWLINE = 10;
/** Read at a time, in bytes: some hundred signatures, so that the page hears every half second how far it is. */
const SLICE = 256 * 1024;
/** The longest line, and the longest file that is taken whole, in bytes: the engine refuses what is longer. */
const LONGEST = 64 * 1024 * 1024;

export class Lines {
  private readonly size: number;
  private readonly read: (from: number, to: number) => Uint8Array;
  private readonly slice: number;
  private at = 0;
  private rest: Uint8Array = new Uint8Array();

  /** `read` gives the bytes from one place to another; `slice` is how many are asked for at a time. */
  constructor(size: number, read: (from: number, to: number) => Uint8Array, slice = SLICE) {
    this.size = size;
    this.read = read;
    this.slice = slice;
  }

  /** How many bytes were read. */
  get position(): number {
    return this.at;
  }

  /** The next line without its end; `undefined` after the last. */
  line(): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const end = this.rest.indexOf(NEWLINE);
      if (end >= 0) {
        parts.push(this.rest.subarray(0, end));
        this.rest = this.rest.subarray(end + 1);
        return joined(parts);
      }
      if (this.rest.length > 0) parts.push(this.rest);
      length += this.rest.length;
      if (length > LONGEST) throw new TooLong();
      if (this.at >= this.size) {
        this.rest = new Uint8Array();
        return parts.length === 0 ? undefined : joined(parts);
      }
      const to = Math.min(this.at + this.slice, this.size);
      this.rest = this.read(this.at, to);
      this.at = to;
    }
  }

  /** All bytes of the file, whatever was read before. */
  whole(): Uint8Array {
    if (this.size > LONGEST) throw new TooLong();
    return this.read(0, this.size);
  }
}

/** A line, or a file of one document, is longer than anything that is checked. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
