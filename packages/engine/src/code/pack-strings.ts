import duckdb from '@duckdb/node-bindings';

import type { ByteGatherer } from './byte-gatherer.ts';

const INLINE_BYTES = 12;
/** Below this a loop beats the call into native copy. */
const LOOP_BYTES = 48;
/** No page of memory is smaller. */
const PAGE_BYTES = 4096;
const TWO_32 = 4_294_967_296;

/** The strings of a vector: `duckdb_string_t` is a length, then 12 inline bytes, or a prefix and a pointer. */
export interface StringVector {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Bytes of each string; 0 for NULL. */
  readonly lengths: Uint32Array;
}

export function openStrings(data: Uint8Array, valid: Uint8Array | null, rows: number): StringVector {
  const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4);
  const lengths = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    if (valid === null || valid[row] === 1) lengths[row] = words[row * 4] as number;
  }
  return { bytes: data, words, lengths };
}

/** Puts the strings of a range of rows one behind the other into `target`. */
export function packStrings(vector: StringVector, from: number, to: number, target: ByteGatherer): void {
  const { bytes, words, lengths } = vector;
  let total = 0;
  for (let row = from; row < to; row += 1) total += lengths[row] as number;
  let at = target.reserve(total);
  const heap = target.bytes;
  const runs = readRuns(vector, from, to);
  let run = runs[0];
  for (let row = from; row < to; row += 1) {
    const length = lengths[row] as number;
    if (length <= INLINE_BYTES) {
      at = copyBytes(bytes, row * 16 + 4, length, heap, at);
      continue;
    }
    const pointer = pointerAt(words, row);
    if (run === undefined || pointer < run.start || pointer >= run.start + run.bytes.length) {
      run = runs.find(({ start, bytes: found }) => pointer >= start && pointer < start + found.length);
    }
    if (run === undefined) throw new Error('A string of DuckDB lies outside of what was read.');
    at = copyBytes(run.bytes, pointer - run.start, length, heap, at);
  }
}

/** Memory from the address `start` on. */
interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * The memory of the strings that are not inline. A call into the bindings for each of them costs 0.6 µs, more than all else
 * that happens to a cell, but they lie close together: those with less than a page between them are read at once. The pages in
 * between are then pages of theirs, so they are mapped; bytes that belong to no string are not used.
 */
function readRuns({ words, lengths }: StringVector, from: number, to: number): Run[] {
  const starts = new Float64Array(to - from);
  const ends = new Float64Array(to - from);
  let count = 0;
  for (let row = from; row < to; row += 1) {
    const length = lengths[row] as number;
    if (length <= INLINE_BYTES) continue;
    starts[count] = pointerAt(words, row);
    ends[count] = (starts[count] as number) + length;
    count += 1;
  }
  starts.subarray(0, count).sort();
  ends.subarray(0, count).sort();
  const runs: Run[] = [];
  let start = starts[0] as number;
  for (let index = 0; index < count; index += 1) {
    const end = ends[index] as number;
    // Before a gap as many strings begin as end, so sorting both apart finds the gaps between the strings.
    if (index + 1 < count && (starts[index + 1] as number) - end < PAGE_BYTES) continue;
    runs.push({ start, bytes: readMemory(start, end - start) });
    start = starts[index + 1] as number;
  }
  return runs;
}

function readMemory(address: number, length: number): Uint8Array {
  return duckdb.get_data_from_pointer(new BigUint64Array([BigInt(address)]).buffer, 0, length);
}

/** Addresses of a process have 48 bits, so a number holds them. */
function pointerAt(words: Uint32Array, row: number): number {
  return (words[row * 4 + 3] as number) * TWO_32 + (words[row * 4 + 2] as number);
}

function copyBytes(source: Uint8Array, from: number, length: number, target: Uint8Array, to: number): number {
  if (length > LOOP_BYTES) {
    target.set(source.subarray(from, from + length), to);
  } else {
    for (let at = 0; at < length; at += 1) target[to + at] = source[from + at] as number;
  }
  return to + length;
}
