import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type Batch, isViewType, type Vector, valueWidth } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

/** Rows of a DuckDB vector. */
const VECTOR_ROWS = 2048;
const INLINE_BYTES = 12;
const ALL_VALID = new Uint8Array(VECTOR_ROWS / 8).fill(0xff).buffer;

/**
 * Copies batches into an appender, vector by vector, without making a JavaScript value of any cell.
 *
 * Text columns rely on DuckDB's public C layout of strings (`duckdb_string_t`: length, then 12 inline bytes or a
 * prefix and a pointer). The bytes of a vector are handed to DuckDB as one string, which it copies into memory that lives
 * as long as the vector; the pointer is read back from that string, and all views are aimed into it. A view points
 * outside of what DuckDB owns only if the bindings change what `vector_get_data` or `copy_data_to_vector` do:
 * `vector-loader.test.ts` is the guard, and the driver's version is pinned.
 */
export class VectorLoader {
  private readonly chunk: DuckDBDataChunk;
  private readonly vectors: readonly duckdb.Vector[];
  private readonly types: readonly LogicalType[];
  private readonly hadNulls: boolean[];

  constructor(types: readonly LogicalType[], columnTypes: readonly DuckDBType[]) {
    this.types = types;
    this.chunk = DuckDBDataChunk.create(columnTypes);
    this.vectors = types.map((_, column) => duckdb.data_chunk_get_vector(this.chunk.chunk, column));
    this.hadNulls = types.map(() => false);
  }

  append(batch: Batch, appender: DuckDBAppender): void {
    for (let from = 0; from < batch.rows; from += VECTOR_ROWS) {
      const rows = Math.min(VECTOR_ROWS, batch.rows - from);
      duckdb.data_chunk_reset(this.chunk.chunk);
      for (let column = 0; column < this.types.length; column += 1) {
        this.copyColumn(column, batch.columns[column] as Vector, from, rows);
      }
      duckdb.data_chunk_set_size(this.chunk.chunk, rows);
      appender.appendDataChunk(this.chunk);
    }
  }

  private copyColumn(column: number, vector: Vector, from: number, rows: number): void {
    const type = this.types[column] as LogicalType;
    const target = this.vectors[column] as duckdb.Vector;
    const width = valueWidth(type);
    if (isViewType(type)) pointViews(target, vector, from, rows);
    duckdb.copy_data_to_vector(target, 0, vector.values, from * width, rows * width);
    if (vector.validity !== null) {
      duckdb.vector_ensure_validity_writable(target);
      duckdb.copy_data_to_vector_validity(target, 0, vector.validity, from / 8, Math.ceil(rows / 64) * 8);
      this.hadNulls[column] = true;
    } else if (this.hadNulls[column]) {
      duckdb.vector_ensure_validity_writable(target);
      duckdb.copy_data_to_vector_validity(target, 0, ALL_VALID, 0, Math.ceil(rows / 64) * 8);
    }
  }
}

/** Replaces the heap offsets of long views by addresses in memory that DuckDB owns. */
function pointViews(target: duckdb.Vector, vector: Vector, from: number, rows: number): void {
  const words = new Int32Array(vector.values, from * 16, rows * 4);
  const isNull = nullTest(vector.validity, from);
  let first = -1;
  let last = 0;
  for (let row = 0; row < rows; row += 1) {
    const length = words[row * 4] as number;
    if (length <= INLINE_BYTES || isNull(row)) continue;
    const offset = (words[row * 4 + 3] as number) >>> 0;
    if (first < 0 || offset < first) first = offset;
    if (offset + length > last) last = offset + length;
  }
  if (first < 0) return;
  duckdb.vector_assign_string_element_len(target, 0, new Uint8Array(vector.heap as ArrayBuffer, first, last - first));
  const header = duckdb.vector_get_data(target, 16);
  const base = new DataView(header.buffer, header.byteOffset, 16).getBigUint64(8, true);
  const baseLow = Number(base & 0xffffffffn);
  const baseHigh = Number(base >> 32n);
  for (let row = 0; row < rows; row += 1) {
    if ((words[row * 4] as number) <= INLINE_BYTES || isNull(row)) continue;
    const low = baseLow + (((words[row * 4 + 3] as number) >>> 0) - first);
    words[row * 4 + 2] = low | 0;
    words[row * 4 + 3] = (baseHigh + (low >= 4294967296 ? 1 : 0)) | 0;
  }
}

function nullTest(validity: ArrayBuffer | null, from: number): (row: number) => boolean {
  if (validity === null) return () => false;
  const bits = new Uint8Array(validity);
  return (row) => ((bits[(from + row) >> 3] as number) & (1 << ((from + row) & 7))) === 0;
}
