import { hash } from 'node:crypto';

import { isViewType, valueWidth, type RejectedRow, type Vector } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

/**
 * Hashes rows of a batch as they lie in memory: 64 bits of SHA-256 over each column's presence, length and bytes. Stable
 * between runs for one list of types; not the canonical digest, which crosses systems.
 */
export function rowHasher(
  types: readonly LogicalType[],
  columns: readonly Vector[],
): (row: number) => bigint {
  const writers = types.map((type, index) => cellWriter(type, columns[index]));
  let scratch = Buffer.alloc(4096);
  return (row) => {
    let length = 0;
    for (const writer of writers) {
      const needed = length + writer.size(row);
      if (needed > scratch.length) {
        const larger = Buffer.alloc(needed * 2);
        scratch.copy(larger, 0, 0, length);
        scratch = larger;
      }
      length = writer.write(row, scratch, length);
    }
    return firstEightBytes(scratch.subarray(0, length));
  };
}

/** The same for a row that could not be decoded. */
export function rejectedRowHash(row: RejectedRow): bigint {
  const parts: Buffer[] = [Buffer.from([2])];
  for (const cell of row.cells) {
    const length = Buffer.alloc(5);
    length.writeUInt32LE(cell?.length ?? 0, 0);
    length[4] = cell === null ? 0 : 1;
    parts.push(length, Buffer.from(cell ?? []));
  }
  return firstEightBytes(Buffer.concat(parts));
}

function firstEightBytes(bytes: Uint8Array): bigint {
  return hash('sha256', bytes, 'buffer').readBigUInt64LE(0);
}

/** True when the row has a value. */
export function hasValue(validity: Uint8Array | null, row: number): boolean {
  return validity === null || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

interface CellWriter {
  size(row: number): number;
  write(row: number, target: Buffer, offset: number): number;
}

function cellWriter(type: LogicalType, vector: Vector | undefined): CellWriter {
  if (vector === undefined) throw new RangeError('A batch has fewer columns than its types.');
  const validity = vector.validity === null ? null : new Uint8Array(vector.validity);
  const values = Buffer.from(vector.values);
  if (!isViewType(type)) {
    const width = valueWidth(type);
    return {
      size: () => 1 + width,
      write(row, target, offset) {
        if (!hasValue(validity, row)) return target.writeUInt8(0, offset);
        target[offset] = 1;
        return offset + 1 + values.copy(target, offset + 1, row * width, row * width + width);
      },
    };
  }
  const heap = vector.heap === null ? Buffer.alloc(0) : Buffer.from(vector.heap);
  return {
    size: (row) => 5 + values.readInt32LE(row * 16),
    write(row, target, offset) {
      if (!hasValue(validity, row)) return target.writeUInt8(0, offset);
      const length = values.readInt32LE(row * 16);
      target[offset] = 1;
      target.writeUInt32LE(length, offset + 1);
      const from = length <= 12 ? values : heap;
      const start = length <= 12 ? row * 16 + 4 : values.readUInt32LE(row * 16 + 12);
      return offset + 5 + from.copy(target, offset + 5, start, start + length);
    },
  };
}
