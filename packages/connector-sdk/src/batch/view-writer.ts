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
  /** Taken from the pool at the first long value: of a batch that never comes, nothing is lost. */
  #heap: Buffer = Buffer.of();
  #heapLength = 0;
  /** Bytes in the heap of the batch before. */
  #expectedBytes = 0;
  #source: Uint8Array = Buffer.of();
  /** `source` as a Buffer: only its `copy` is fast into shared memory. */
  #sourceBuffer: Buffer = Buffer.of();

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 16, capacity);
    this.#words = new Int32Array(buffers.take(capacity * 16));
    this.#bytes = new Uint8Array(this.#words.buffer);
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
    if (source !== this.#source) this.#readFrom(source);
    this.#sourceBuffer.copy(this.#heap, at, start, end);
    return 0xff;
  }

  #readFrom(source: Uint8Array): void {
    this.#source = source;
    this.#sourceBuffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }

  #growHeap(length: number): void {
    const needed = this.#heapLength + length;
    if (needed > MAX_HEAP_BYTES) {
      throw new RangeError(
        `A batch column of ${needed} bytes is more than a batch can hold; take the batch when isFull.`,
      );
    }
    const larger = Buffer.from(buffers.take(heapCapacity(Math.max(needed, this.#expectedBytes))));
    this.#heap.copy(larger, 0, 0, this.#heapLength);
    buffers.give(this.#heap.buffer);
    this.#heap = larger;
  }

  protected takeValues(capacity: number) {
    const taken = {
      values: this.#words.buffer,
      heap: this.#heapLength === 0 ? new ArrayBuffer(0) : this.#heap.buffer,
      heapBytes: this.#heapLength,
    };
    this.#words = new Int32Array(buffers.take(capacity * 16));
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#heap = Buffer.of();
    this.#expectedBytes = this.#heapLength;
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
