import { isUtf8 } from 'node:buffer';

import { buffers } from './buffer-pool.ts';
import { ColumnWriter, type RowState } from './column-writer.ts';

/** Below this many bytes a JavaScript loop beats the call into native copy and validation. */
const LOOP_BYTES = 48;
const FIRST_HEAP_BYTES = 64 * 1024;
/** Arrow views address their heap with 32 bits, and DuckDB's string lengths are 32 bits too. */
const MAX_HEAP_BYTES = 2 ** 31 - 1;

/** Arrow views over one heap: the storage of text, JSON and bytes. */
abstract class ViewWriter extends ColumnWriter {
  #words: Int32Array;
  #bytes: Uint8Array;
  #heap: Uint8Array;
  #heapLength = 0;

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 16, capacity);
    this.#words = new Int32Array(buffers.take(capacity * 16));
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#heap = new Uint8Array(FIRST_HEAP_BYTES);
  }

  /** Stores the range; returns the bitwise OR of its bytes when it was short enough to look at each, else 0xff. */
  protected store(row: number, source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const word = row * 4;
    const words = this.#words;
    words[word] = length;
    if (length <= 12) {
      words[word + 1] = 0;
      words[word + 2] = 0;
      words[word + 3] = 0;
      return copyBytes(source, start, end, this.#bytes, row * 16 + 4);
    }
    if (this.#heapLength + length > this.#heap.length) this.#growHeap(length);
    const at = this.#heapLength;
    words[word + 1] =
      (source[start] as number) |
      ((source[start + 1] as number) << 8) |
      ((source[start + 2] as number) << 16) |
      ((source[start + 3] as number) << 24);
    words[word + 2] = 0;
    words[word + 3] = at;
    this.#heapLength = at + length;
    this.state.heapBytes += length;
    if (length <= LOOP_BYTES) return copyBytes(source, start, end, this.#heap, at);
    this.#heap.set(source.subarray(start, end), at);
    return 0xff;
  }

  #growHeap(length: number): void {
    const needed = this.#heapLength + length;
    if (needed > MAX_HEAP_BYTES) {
      throw new RangeError(
        `A batch column of ${needed} bytes is more than a batch can hold; take the batch when isFull.`,
      );
    }
    const larger = new Uint8Array(buffers.take(heapCapacity(needed)));
    larger.set(this.#heap.subarray(0, this.#heapLength));
    buffers.give(this.#heap.buffer as ArrayBuffer);
    this.#heap = larger;
  }

  protected takeValues(capacity: number) {
    const taken = {
      values: this.#words.buffer as ArrayBuffer,
      heap: this.#heap.buffer as ArrayBuffer,
      heapBytes: this.#heapLength,
    };
    this.#words = new Int32Array(buffers.take(capacity * 16));
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#heap = new Uint8Array(buffers.take(heapCapacity(this.#heapLength)));
    this.#heapLength = 0;
    return taken;
  }
}

/** Powers of two, so that the buffers of one batch fit the next. */
function heapCapacity(neededBytes: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(neededBytes, FIRST_HEAP_BYTES)));
  return Math.min(power, MAX_HEAP_BYTES);
}

function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, to: number): number {
  let seen = 0;
  let out = to;
  for (let at = start; at < end; at += 1, out += 1) {
    const byte = source[at] as number;
    seen |= byte;
    target[out] = byte;
  }
  return seen;
}

/** Text in UTF-8; a value that is not valid UTF-8 is refused, never repaired. */
export class TextWriter extends ViewWriter {
  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.store(row, bytes, start, end) < 0x80 || isUtf8(bytes.subarray(start, end))) return;
    this.reject('the text is not valid UTF-8');
  }
}

/** Bytes as they are. */
export class BytesWriter extends ViewWriter {
  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.store(row, bytes, start, end);
  }
}

/** Bytes in PostgreSQL's `\x00ff` form. */
export class HexBytesWriter extends ViewWriter {
  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    const value = hex.toString('latin1', 2);
    const decoded = Buffer.from(value, 'hex');
    if (hex[0] !== 0x5c || hex[1] !== 0x78 || decoded.length * 2 !== value.length) {
      this.rejectText(bytes, start, end, 'is not bytes in \\x form');
      return;
    }
    this.store(row, decoded, 0, decoded.length);
  }
}
