import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { isViewType, throwIfCancelled, valueWidth } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import { ByteGatherer } from './byte-gatherer.ts';
import { openStrings, packStrings } from './pack-strings.ts';
import type { PackedBatch, PackedColumn } from './packed-batch.ts';

/** Eight DuckDB vectors: enough to make the calls cheap, few enough to keep both processes busy. */
const BATCH_ROWS = 8 * 2048;
const BATCH_HEAP_BYTES = 8 * 2 ** 20;

/**
 * The rows of a query in packed batches, by DuckDB's own vectors: no JavaScript value is made of a cell. The query's columns are
 * taken by the fields' names and cast to their types. The connection is busy until the end.
 */
export async function* readPacked(
  connection: DuckDBConnection,
  sql: string,
  fields: readonly Field[],
  signal: AbortSignal,
): AsyncGenerator<PackedBatch> {
  const select = fields.map(
    ({ name, type }) => `CAST(${quoteIdentifier(duckdbDialect, name)} AS ${duckdbType(type)})`,
  );
  const result = await connection.stream(`SELECT ${select.join(', ')} FROM (${sql}\n)`);
  const packer = new BatchPacker(fields);
  for (;;) {
    throwIfCancelled(signal);
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    yield* packer.add(chunk.chunk, chunk.rowCount);
  }
  if (packer.rows > 0) yield packer.take();
}

/** Gathers the rows of chunks into batches. */
class BatchPacker {
  rows = 0;
  readonly #columns: readonly ColumnPacker[];
  #heapBytes = 0;

  constructor(fields: readonly Field[]) {
    this.#columns = fields.map((field) => new ColumnPacker(field));
  }

  *add(chunk: duckdb.DataChunk, rows: number): Generator<PackedBatch> {
    const vectors = this.#columns.map((column, index) =>
      column.open(duckdb.data_chunk_get_vector(chunk, index), rows),
    );
    for (let from = 0; from < rows;) {
      const to = this.#endOfPart(vectors, from, rows);
      for (const vector of vectors) this.#heapBytes += vector.append(from, to);
      this.rows += to - from;
      from = to;
      if (this.rows >= BATCH_ROWS || this.#heapBytes >= BATCH_HEAP_BYTES) yield this.take();
    }
  }

  take(): PackedBatch {
    const batch = { rows: this.rows, columns: this.#columns.map((column) => column.take()) };
    this.rows = 0;
    this.#heapBytes = 0;
    return batch;
  }

  /** How far rows go until the batch is full, by rows or by bytes; at least one row. */
  #endOfPart(vectors: readonly OpenVector[], from: number, rows: number): number {
    const most = Math.min(rows, from + BATCH_ROWS - this.rows);
    const lengths = vectors.flatMap((vector) => (vector.lengths === null ? [] : [vector.lengths]));
    let bytes = this.#heapBytes;
    for (let row = from; row < most; row += 1) {
      for (const column of lengths) bytes += column[row] as number;
      if (bytes >= BATCH_HEAP_BYTES) return row + 1;
    }
    return most;
  }
}

/** A column of a chunk that is being taken over. */
interface OpenVector {
  /** Bytes of each row's value, for text and bytes. */
  readonly lengths: Uint32Array | null;
  /** Copies a range of rows; returns the bytes that went into the heap. */
  readonly append: (from: number, to: number) => number;
}

class ColumnPacker {
  readonly #field: Field;
  readonly #values = new ByteGatherer();
  readonly #heap = new ByteGatherer();
  readonly #valid = new ByteGatherer();
  #hasNulls = false;

  constructor(field: Field) {
    this.#field = field;
    this.#begin();
  }

  open(vector: duckdb.Vector, rows: number): OpenVector {
    const width = valueWidth(this.#field.type);
    const data = duckdb.vector_get_data(vector, rows * width);
    const bits = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
    const valid = validBytes(bits, rows);
    if (!isViewType(this.#field.type)) {
      return {
        lengths: null,
        append: (from, to) => {
          this.#appendValid(valid, from, to);
          this.#values.append(data.subarray(from * width, to * width));
          return 0;
        },
      };
    }
    const strings = openStrings(data, valid, rows);
    const { lengths } = strings;
    return {
      lengths,
      append: (from, to) => {
        this.#appendValid(valid, from, to);
        const start = this.#heap.length;
        packStrings(strings, from, to, this.#heap);
        this.#appendOffsets(lengths, from, to, start);
        return this.#heap.length - start;
      },
    };
  }

  take(): PackedColumn {
    const isView = isViewType(this.#field.type);
    const valid = this.#valid.take();
    const column = {
      values: this.#values.take(),
      valid: this.#hasNulls ? valid : null,
      heap: isView ? this.#heap.take() : null,
    };
    this.#begin();
    return column;
  }

  #begin(): void {
    this.#hasNulls = false;
    if (isViewType(this.#field.type)) this.#values.append(new Uint8Array(4));
  }

  #appendValid(valid: Uint8Array | null, from: number, to: number): void {
    if (valid === null) {
      this.#valid.fill(1, to - from);
    } else {
      this.#hasNulls = true;
      this.#valid.append(valid.subarray(from, to));
    }
  }

  #appendOffsets(lengths: Uint32Array, from: number, to: number, start: number): void {
    const offsets = new Uint32Array(to - from);
    let end = start;
    for (let row = from; row < to; row += 1) {
      end += lengths[row] as number;
      offsets[row - from] = end;
    }
    this.#values.append(new Uint8Array(offsets.buffer));
  }
}

function validBytes(bits: Uint8Array | null, rows: number): Uint8Array | null {
  if (bits === null) return null;
  const valid = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) valid[row] = ((bits[row >> 3] as number) >> (row & 7)) & 1;
  return valid.includes(0) ? valid : null;
}
