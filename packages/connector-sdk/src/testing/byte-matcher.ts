/** Finds a byte pattern in a stream that arrives in pieces of any size. */
export class ByteMatcher {
  readonly #pattern: Buffer;
  #tail: Buffer = Buffer.alloc(0);

  constructor(pattern: string | Uint8Array) {
    this.#pattern = Buffer.from(pattern);
    if (this.#pattern.length === 0) throw new RangeError('A pattern needs at least one byte');
  }

  /** The offset in `chunk` just past the first match that ends in it, or undefined. */
  endIn(chunk: Buffer): number | undefined {
    const joined = Buffer.concat([this.#tail, chunk]);
    const found = joined.indexOf(this.#pattern);
    if (found >= 0) {
      const end = found + this.#pattern.length - this.#tail.length;
      this.#tail = Buffer.alloc(0);
      return end;
    }
    this.#tail = joined.subarray(Math.max(0, joined.length - this.#pattern.length + 1));
    return undefined;
  }
}
