import type { BatchBuilder, ColumnWriter } from '@millrace/connector-sdk';

/**
 * Decodes complete CopyData messages of `buffer` from `start` and stops at `end`, at the first byte that is not the
 * start of a complete CopyData message, or after a row that fills the batch. Returns where it stopped.
 */
export type RowDecoder = (buffer: Buffer, start: number, end: number) => number;

export interface RowDecoderColumn {
  /** Whether the text form can hold a backslash (`text`), starts with one (`bytes`), or never has one (`plain`). */
  readonly escapes: 'plain' | 'text' | 'bytes';
}

export interface RowDecoding {
  readonly decode: RowDecoder;
  /** Rows decoded so far, rejected ones included. */
  readonly rows: () => number;
}

/** Thrown by a decoder for bytes that are not rows of this many columns; the reader words it. */
export class MalformedRow extends Error {}

/**
 * The decoder for one list of columns, in COPY's text format: cells end at a tab, rows at a line feed, `\N` is NULL
 * and the rest of the escapes are undone. It is generated with one call site per column, so that each stays
 * monomorphic; measured 2 times faster than a loop over the columns. Only indices enter the generated code.
 */
export function createRowDecoder(columns: readonly RowDecoderColumn[], builder: BatchBuilder): RowDecoding {
  const state: DecoderState = {
    rows: 0,
    buffer: Buffer.alloc(0),
    start: 0,
    end: 0,
    scratch: Buffer.allocUnsafeSlow(4096),
    scratchEnd: 0,
    backslash: -1,
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- the source is made of indices only
  const build = new Function(
    'columns',
    'builder',
    'state',
    'cells',
    'unescape',
    'longStop',
    'fail',
    sourceOf(columns),
  ) as (
    columns: readonly ColumnWriter[],
    builder: BatchBuilder,
    state: DecoderState,
    cells: () => (Uint8Array | null)[],
    unescape: typeof unescapeCell,
    longStop: typeof endOfLongCell,
    fail: typeof malformed,
  ) => RowDecoder;
  const cells = (): (Uint8Array | null)[] => splitRow(state, columns.length);
  return {
    decode: build(builder.columns, builder, state, cells, unescapeCell, endOfLongCell, malformed),
    rows: () => state.rows,
  };
}

interface DecoderState {
  rows: number;
  buffer: Buffer;
  start: number;
  end: number;
  /** Unescaped bytes of the cell in work; replaced by a larger one when needed. */
  scratch: Buffer;
  scratchEnd: number;
  /** The first backslash at or after where it was looked for; the end when there is none. */
  backslash: number;
}

/** From here on a native search beats a loop over the bytes. */
const LONG_CELL_BYTES = 64;

const TAB = 9;
const LINE_FEED = 10;
const BACKSLASH = 92;
const LETTER_N = 78;

/**
 * Columns per generated function. V8 does not optimise a function of more than about 60 KB of bytecode, and a table can
 * have 1,600 columns: in one function, 1,000 columns cost 8 times as much per cell.
 */
const COLUMNS_PER_PART = 32;

function sourceOf(columns: readonly RowDecoderColumn[]): string {
  const writers = columns.map((_, index) => `const c${index} = columns[${index}];`);
  const cells = columns.map((column, index) => cellSource(column, index, index === columns.length - 1));
  const parts: string[] = [];
  for (let first = 0; first < cells.length; first += COLUMNS_PER_PART) {
    parts.push(`function part${parts.length}(buffer, p, row, stop, end) {
  let byte = 0;
  let from = 0;
  let near = 0;
${cells.slice(first, first + COLUMNS_PER_PART).join('\n')}
  return p;
}`);
  }
  const calls = parts.map((_, index) => `    p = part${index}(buffer, p, row, stop, end);`);
  return `'use strict';
${writers.join('\n')}
${parts.join('\n')}
return function decode(buffer, start, end) {
  let at = start;
  let row = builder.row;
  state.backslash = -1;
  while (end - at >= 5 && buffer[at] === 0x64) {
    const stop = at + 1 + ((buffer[at + 1] << 24) | (buffer[at + 2] << 16) | (buffer[at + 3] << 8) | buffer[at + 4]);
    if (stop > end || stop <= at + 4) return at;
    if (buffer[stop - 1] !== ${LINE_FEED}) fail('a row does not end with a line feed');
    let p = at + 5;
    state.start = p;
${calls.join('\n') || `    if (stop - p !== 1) fail('a row has cells, but none were asked for');`}
    state.rows += 1;
    state.buffer = buffer;
    state.end = stop - 1;
    at = stop;
    builder.endRow(cells);
    if (builder.isFull) return at;
    row = builder.row;
  }
  return at;
};`;
}

/** `p` is the first byte of the cell before, and the first byte of the next cell after. */
function cellSource(column: RowDecoderColumn, index: number, isLast: boolean): string {
  const terminator = isLast ? LINE_FEED : TAB;
  const writer = `c${index}`;
  const isNull = `buffer[p] === ${BACKSLASH} && buffer[p + 1] === ${LETTER_N} && buffer[p + 2] === ${terminator}`;
  const ended = isLast
    ? `if (byte !== ${LINE_FEED} || p !== stop - 1) fail('a row has too many or too few cells');`
    : `if (byte !== ${TAB}) fail('a row has too few cells');`;
  const value = {
    plain: `from = p;
      while ((byte = buffer[p]) > ${LINE_FEED}) p += 1;
      ${ended}
      ${writer}.setText(row, buffer, from, p);`,
    // The cell is "\\x00ff": its first backslash escapes the second.
    bytes: `from = p + 1;
      while ((byte = buffer[p]) > ${LINE_FEED}) p += 1;
      ${ended}
      ${writer}.setText(row, buffer, from, p);`,
    text: `from = p;
      near = p + ${LONG_CELL_BYTES};
      while (((byte = buffer[p]) > ${LINE_FEED} ? byte !== ${BACKSLASH} : byte !== ${TAB} && byte !== ${LINE_FEED}) && p < near) p += 1;
      if (p === near) {
        p = longStop(state, buffer, p, stop, end, ${isLast});
        byte = buffer[p];
      }
      if (byte === ${BACKSLASH}) {
        p = unescape(state, buffer, from, stop);
        byte = buffer[p];
        ${ended}
        ${writer}.setText(row, state.scratch, 0, state.scratchEnd);
      } else {
        ${ended}
        ${writer}.setText(row, buffer, from, p);
      }`,
  }[column.escapes];
  return `    if (${isNull}) {
      ${writer}.setNull(row);
      p += 2;
      byte = ${terminator};
      ${isLast ? `if (p !== stop - 1) fail('a row has too many cells');` : ''}
    } else {
      ${value}
    }
    p += 1;`;
}

function malformed(reason: string): never {
  throw new MalformedRow(reason);
}

/** Index of the byte that ends the cell, or of the first backslash in it. Backslashes are looked for once per call of the decoder. */
function endOfLongCell(
  state: DecoderState,
  buffer: Buffer,
  at: number,
  stop: number,
  end: number,
  isLast: boolean,
): number {
  if (state.backslash < at) {
    const found = buffer.subarray(at, end).indexOf(BACKSLASH);
    state.backslash = found < 0 ? end : at + found;
  }
  const tab = isLast ? -1 : buffer.indexOf(TAB, at);
  const cellEnd = tab < 0 || tab >= stop ? stop - 1 : tab;
  return Math.min(cellEnd, state.backslash);
}

/** Writes the cell's bytes without escapes into the scratch buffer; returns the index of the byte that ends it. */
function unescapeCell(state: DecoderState, buffer: Buffer, start: number, stop: number): number {
  let at = start;
  let out = 0;
  let scratch = state.scratch;
  for (;;) {
    const run = nextStop(buffer, at, stop);
    const length = run - at;
    if (out + length + 1 > scratch.length) scratch = grow(state, out, out + length + 1);
    buffer.copy(scratch, out, at, run);
    out += length;
    at = run;
    if (buffer[at] !== BACKSLASH) break;
    scratch[out] = unescapedByte(buffer[at + 1] as number);
    out += 1;
    at += 2;
    if (at >= stop) malformed('a row ends within an escape');
  }
  state.scratchEnd = out;
  return at;
}

/** Index of the next tab, line feed or backslash; every row ends with a line feed, so there is one. */
function nextStop(buffer: Buffer, start: number, stop: number): number {
  for (let at = start; at < stop; at += 1) {
    const byte = buffer[at];
    if (byte === BACKSLASH || byte === TAB || byte === LINE_FEED) return at;
  }
  return stop - 1;
}

function grow(state: DecoderState, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, state.scratch.length * 2));
  state.scratch.copy(larger, 0, 0, used);
  state.scratch = larger;
  return larger;
}

/** The server writes these six letters and escapes everything else, the backslash included, as itself. */
function unescapedByte(escaped: number): number {
  switch (escaped) {
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    case 0x76:
      return 0x0b;
    default:
      return escaped;
  }
}

/** The cells of the row in work, for quarantine. */
function splitRow(state: DecoderState, columns: number): (Uint8Array | null)[] {
  const { buffer, end } = state;
  const cells: (Uint8Array | null)[] = [];
  let at = state.start;
  for (let index = 0; index < columns; index += 1) {
    if (buffer[at] === BACKSLASH && buffer[at + 1] === LETTER_N) {
      cells.push(null);
      at += 3;
      continue;
    }
    at = unescapeCell(state, buffer, at, end + 1) + 1;
    cells.push(Uint8Array.from(state.scratch.subarray(0, state.scratchEnd)));
  }
  return cells;
}
