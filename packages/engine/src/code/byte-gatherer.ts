/** Bytes in a buffer that grows. */
export class ByteGatherer {
  length = 0;
  #buffer = new Uint8Array(16 * 1024);

  append(source: Uint8Array): void {
    const at = this.reserve(source.length);
    this.#buffer.set(source, at);
  }

  fill(byte: number, count: number): void {
    const at = this.reserve(count);
    this.#buffer.fill(byte, at, at + count);
  }

  /** Room for so many bytes at the returned offset of `bytes`. */
  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.length, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    return at;
  }

  /** What was gathered, and room behind it; another array after the next `reserve`. */
  get bytes(): Uint8Array {
    return this.#buffer;
  }

  take(): ArrayBuffer {
    const taken = this.#buffer.buffer.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
