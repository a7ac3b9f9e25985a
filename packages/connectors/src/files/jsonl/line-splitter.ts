const LF = 0x0a;

/** Lines of a stream of bytes; the last one needs no line feed. */
export class LineSplitter {
  bytes: Uint8Array = new Uint8Array(64 * 1024);
  start = 0;
  end = 0;
  /** Number of the line of the last `next`, from 1. */
  line = 0;
  #at = 0;
  #length = 0;
  #searched = 0;

  get pendingBytes(): number {
    return this.#length - this.#at;
  }

  append(chunk: Uint8Array): void {
    const rest = this.#length - this.#at;
    this.#searched -= this.#at;
    if (rest + chunk.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, rest + chunk.length));
      larger.set(this.bytes.subarray(this.#at, this.#length));
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, this.#at, this.#length);
    }
    this.bytes.set(chunk, rest);
    this.#at = 0;
    this.#length = rest + chunk.length;
  }

  /** False when there is no whole line; with `isLast` what remains is one. */
  next(isLast: boolean): boolean {
    if (this.#at >= this.#length) return false;
    const found = this.bytes.subarray(0, this.#length).indexOf(LF, Math.max(this.#at, this.#searched));
    this.#searched = this.#length;
    if (found < 0 && !isLast) return false;
    this.line += 1;
    this.start = this.#at;
    this.end = found < 0 ? this.#length : found;
    this.#at = found < 0 ? this.#length : found + 1;
    this.#searched = this.#at;
    return true;
  }
}
