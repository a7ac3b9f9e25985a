import type { BatchBuilder } from '@millrace/connector-sdk';

/**
 * Writes the cells of one row into the builder's columns. Returns the offset after the last cell, or -1 when a cell
 * reaches past `end`.
 */
export type RowDecoder = (builder: BatchBuilder, bytes: Uint8Array, start: number, end: number) => number;

/**
 * Makes the decoder of a row of text-protocol cells for these columns. Unrolled, because then each `setText` is called
 * from a place of its own and sees one writer class only: 2 x as fast as a loop over the columns. The source holds indices, never names.
 */
export function compileRowDecoder(builder: BatchBuilder): RowDecoder {
  const cells = builder.columns.map((_, index) => CELL.replaceAll('$', String(index))).join('');
  const columns = builder.columns.map((_, index) => `const c${index} = columns[${index}];`).join(' ');
  const source = `'use strict'; ${columns}
return function decodeRow(builder, bytes, start, end) {
  const row = builder.row;
  let at = start, length = 0, stop = 0;${cells}
  return at;
};`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is made of indices only
  const make: unknown = new Function('columns', 'wideLength', 'wideBytes', source);
  if (typeof make !== 'function') throw new TypeError('The row decoder did not compile.');
  const decoder: RowDecoder = make(builder.columns, wideLength, wideBytes);
  return decoder;
}

/** One cell: 0..250 is a length, 251 is NULL, 252 to 254 announce wider lengths. */
const CELL = `
  if (at >= end) return -1;
  length = bytes[at++];
  if (length === 251) c$.setNull(row);
  else {
    if (length > 250) { const marker = length; length = wideLength(bytes, at, marker); at += wideBytes(marker); }
    stop = at + length;
    if (stop > end) return -1;
    c$.setText(row, bytes, at, stop);
    at = stop;
  }`;

function wideBytes(marker: number): number {
  return marker === 252 ? 2 : marker === 253 ? 3 : 8;
}

/** Infinity for a length that no row can have, which then fails the check against the end of the row. */
function wideLength(bytes: Uint8Array, at: number, marker: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  if (marker === 252) return low;
  const third = low | ((bytes[at + 2] ?? 0) << 16);
  if (marker === 253) return third;
  if (marker !== 254) return Infinity;
  const high = (bytes[at + 4] ?? 1) | (bytes[at + 5] ?? 1) | (bytes[at + 6] ?? 1) | (bytes[at + 7] ?? 1);
  return high === 0 ? third + (bytes[at + 3] ?? 0) * 2 ** 24 : Infinity;
}

/** The raw cells of a row that was decoded already, for quarantine. */
export function rawCells(bytes: Uint8Array, start: number, columns: number): (Uint8Array | null)[] {
  const cells: (Uint8Array | null)[] = [];
  let at = start;
  for (let index = 0; index < columns; index += 1) {
    let length = bytes[at++] ?? 0;
    if (length === 251) {
      cells.push(null);
      continue;
    }
    if (length > 250) {
      const marker = length;
      length = wideLength(bytes, at, marker);
      at += wideBytes(marker);
    }
    cells.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cells;
}
