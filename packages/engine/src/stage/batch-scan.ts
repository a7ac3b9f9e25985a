import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBTableFunction,
  type DuckDBType,
  DuckDBVarCharType,
  FLOAT,
  INTEGER,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  UUID,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type Batch, type BatchBuffer, isViewType, type Vector, valueWidth } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

/** Rows of a DuckDB vector. */
const VECTOR_ROWS = 2048;
const INLINE_BYTES = 12;
const FUNCTION_NAME = 'millrace_batches';

interface Scan {
  readonly types: readonly LogicalType[];
  readonly batches: Batch[];
  /** Rows of `batches[0]` that were handed out. */
  consumed: number;
  readonly views: Int32Array;
}

/**
 * Lets DuckDB read batches as a table, vector by vector, without a JavaScript value of any cell and without storing them
 * in a DuckDB table first (which would cost as much again, for statistics nobody asks for).
 *
 * Text columns rely on DuckDB's public C layout of strings (`duckdb_string_t`: length, then 12 inline bytes or a
 * prefix and a pointer). The bytes of a vector are handed to DuckDB as one string, which it copies into memory that lives
 * as long as the vector; the pointer is read back from that string, and all views are aimed into it. A view points
 * outside of what DuckDB owns only if the bindings change what `vector_get_data` or `copy_data_to_vector` do:
 * `stage-writer.test.ts` is the guard, and the driver's version is pinned.
 */
export class BatchScans {
  readonly #scans = new Map<number, Scan>();
  #nextId = 0;

  /** Makes the function known to all connections of the instance. */
  register(connection: DuckDBConnection): void {
    connection.registerTableFunction(
      DuckDBTableFunction.create({
        name: FUNCTION_NAME,
        parameterTypes: [INTEGER],
        bindFunction: (info) => {
          const id = Number(info.getParameter(0));
          const scan = this.#scans.get(id);
          if (scan === undefined) {
            info.setError(`There are no batches ${id}.`);
            return;
          }
          scan.types.forEach((type, column) => info.addResultColumn(`c${column}`, driverType(type)));
          info.setCardinality(
            scan.batches.reduce((rows, batch) => rows + batch.rows, 0),
            true,
          );
          info.setBindData(scan);
        },
        initFunction: (info) => info.setMaxThreads(1),
        mainFunction: (info, chunk) => {
          const scan = info.getBindData() as Scan;
          fillChunk(scan, chunk);
        },
      }),
    );
  }

  /** The batches as a table expression with columns c0, c1, …; it can be read once, and lets go of what was read. */
  add(
    types: readonly LogicalType[],
    batches: readonly Batch[],
  ): { readonly sql: string; readonly remove: () => void } {
    this.#nextId += 1;
    const id = this.#nextId;
    this.#scans.set(id, {
      types,
      batches: [...batches],
      consumed: 0,
      views: new Int32Array(VECTOR_ROWS * 4),
    });
    return { sql: `${FUNCTION_NAME}(${id})`, remove: () => this.#scans.delete(id) };
  }
}

function fillChunk(scan: Scan, chunk: DuckDBDataChunk): void {
  const batch = scan.batches[0];
  if (batch === undefined) {
    chunk.rowCount = 0;
    return;
  }
  const from = scan.consumed;
  const rows = Math.min(VECTOR_ROWS, batch.rows - from);
  chunk.rowCount = rows;
  scan.types.forEach((type, column) => {
    const target = duckdb.data_chunk_get_vector(chunk.chunk, column);
    const vector = batch.columns[column] as Vector;
    const width = valueWidth(type);
    if (isViewType(type)) {
      aimViews(target, vector, from, rows, scan.views);
      duckdb.copy_data_to_vector(target, 0, scan.views.buffer as ArrayBuffer, 0, rows * 16);
    } else {
      duckdb.copy_data_to_vector(target, 0, memoryOf(vector.values), from * width, rows * width);
    }
    if (vector.validity !== null) {
      duckdb.vector_ensure_validity_writable(target);
      duckdb.copy_data_to_vector_validity(
        target,
        0,
        memoryOf(vector.validity),
        from / 8,
        Math.ceil(rows / 64) * 8,
      );
    }
  });
  scan.consumed += rows;
  while (scan.batches[0] !== undefined && scan.consumed >= scan.batches[0].rows) {
    scan.batches.shift()?.release?.();
    scan.consumed = 0;
  }
}

/** The bindings' declarations leave shared memory out; what they do is the same for both. */
function memoryOf(buffer: BatchBuffer): ArrayBuffer {
  return buffer as ArrayBuffer;
}

/** Copies the views of a range into `out`, with heap offsets replaced by addresses in memory that DuckDB owns. */
function aimViews(target: duckdb.Vector, vector: Vector, from: number, rows: number, out: Int32Array): void {
  out.set(new Int32Array(vector.values, from * 16, rows * 4));
  const validity = vector.validity === null ? null : new Uint8Array(vector.validity, from / 8);
  let first = -1;
  let last = 0;
  for (let row = 0; row < rows; row += 1) {
    const length = out[row * 4] as number;
    if (length >= 0 && length <= INLINE_BYTES) continue;
    if (validity !== null && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0) {
      // Whatever the slot of a NULL holds from an earlier row, it must not look like a pointer.
      out[row * 4] = 0;
      continue;
    }
    const offset = (out[row * 4 + 3] as number) >>> 0;
    if (first < 0 || offset < first) first = offset;
    if (offset + length > last) last = offset + length;
  }
  if (first < 0) return;
  duckdb.vector_assign_string_element_len(
    target,
    0,
    new Uint8Array(memoryOf(vector.heap as BatchBuffer), first, last - first),
  );
  const header = duckdb.vector_get_data(target, 16);
  const base = new DataView(header.buffer, header.byteOffset, 16).getBigUint64(8, true);
  const baseLow = Number(base & 0xffffffffn);
  const baseHigh = Number(base >> 32n);
  for (let row = 0; row < rows; row += 1) {
    if ((out[row * 4] as number) <= INLINE_BYTES) continue;
    const low = baseLow + (((out[row * 4 + 3] as number) >>> 0) - first);
    out[row * 4 + 2] = low | 0;
    out[row * 4 + 3] = (baseHigh + (low >= 4294967296 ? 1 : 0)) | 0;
  }
}

const SIGNED = { 8: TINYINT, 16: SMALLINT, 32: INTEGER, 64: BIGINT } as const;
const UNSIGNED = { 8: UTINYINT, 16: USMALLINT, 32: UINTEGER, 64: UBIGINT } as const;

/** The driver's own object for the DuckDB type that `duckdbType` names. */
function driverType(type: LogicalType): DuckDBType {
  switch (type.kind) {
    case 'boolean':
      return BOOLEAN;
    case 'integer':
      return (type.signed ? SIGNED : UNSIGNED)[type.bits];
    case 'float':
      return type.bits === 32 ? FLOAT : DOUBLE;
    case 'decimal':
      return DECIMAL(type.precision, type.scale);
    case 'string':
      return VARCHAR;
    case 'json':
      return DuckDBVarCharType.create('JSON');
    case 'bytes':
      return BLOB;
    case 'uuid':
      return UUID;
    case 'date':
      return DATE;
    case 'time':
      return TIME;
    case 'timestamp':
      return type.timezone ? TIMESTAMPTZ : TIMESTAMP;
  }
}
