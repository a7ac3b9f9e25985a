import type { LogicalType } from '@millrace/spec';

import { type Batch, type RejectedRow, valueWidth } from './batch.ts';
import { type CellEncoding, type ColumnWriter, type RowState } from './column-writer.ts';
import { DecimalWriter } from './decimal-writer.ts';
import { FloatWriter } from './float-writer.ts';
import { BooleanWriter, LargeIntegerWriter, SmallIntegerWriter } from './integer-writer.ts';
import { DateWriter, TimestampWriter, TimeWriter } from './temporal-writer.ts';
import { UuidWriter } from './uuid-writer.ts';
import { BytesWriter, HexBytesWriter, TextWriter } from './view-writer.ts';

/** Sixteen DuckDB vectors. */
const DEFAULT_MAX_ROWS = 16 * 2048;
/** A table of very many columns gets fewer rows to a batch, so that memory does not follow the number of columns. */
const MAX_FIXED_BYTES = 16 * 1024 * 1024;
const MIN_ROWS = 2048;
const DEFAULT_MAX_HEAP_BYTES = 8 * 1024 * 1024;
/** The first batch is small, because most tables are. */
const FIRST_CAPACITY = 2048;
const MAX_REJECTED = 1024;

export interface BuilderField {
  readonly name: string;
  readonly type: LogicalType;
  readonly encoding?: CellEncoding;
}

/**
 * Builds batches from the cells of a source. Per row: one `setText` or `setNull` on each of `columns` with the row's
 * index `row`, then `endRow`. When `isFull`, `take` the batch before the next row.
 */
export class BatchBuilder {
  readonly columns: readonly ColumnWriter[];
  /** Index of the row in work. */
  row = 0;
  readonly #fields: readonly BuilderField[];
  readonly #state: RowState = { rejectedColumn: -1, reason: '', heapBytes: 0 };
  #rejected: RejectedRow[] = [];
  #capacity: number;
  readonly #maxRows: number;
  readonly #maxHeapBytes: number;

  constructor(
    fields: readonly BuilderField[],
    options: { readonly maxRows?: number; readonly maxHeapBytes?: number } = {},
  ) {
    this.#fields = fields;
    this.#maxRows = options.maxRows ?? defaultMaxRows(fields);
    this.#maxHeapBytes = options.maxHeapBytes ?? DEFAULT_MAX_HEAP_BYTES;
    this.#capacity = Math.min(FIRST_CAPACITY, this.#maxRows);
    this.columns = fields.map((field, index) => createWriter(this.#state, index, field, this.#capacity));
  }

  /** Finishes the row. `cells` gives the raw cells and is called only for a rejected row. */
  endRow(cells: () => readonly (Uint8Array | null)[], origin?: string): void {
    if (this.#state.rejectedColumn < 0) {
      this.row += 1;
      return;
    }
    const column = this.#fields[this.#state.rejectedColumn]?.name ?? null;
    this.rejectRow(column, this.#state.reason, cells(), origin);
  }

  /** Puts the row in work among the rejected rows as a whole, whatever of it was set. */
  rejectRow(
    column: string | null,
    reason: string,
    cells: readonly (Uint8Array | null)[],
    origin?: string,
  ): void {
    const copies = cells.map((cell) => (cell === null ? null : Uint8Array.from(cell)));
    this.#rejected.push({ column, reason, cells: copies, ...(origin === undefined ? {} : { origin }) });
    this.#state.rejectedColumn = -1;
    for (const writer of this.columns) writer.restore(this.row);
  }

  get isFull(): boolean {
    return (
      this.row >= this.#capacity ||
      this.#state.heapBytes >= this.#maxHeapBytes ||
      this.#rejected.length >= MAX_REJECTED
    );
  }

  get isEmpty(): boolean {
    return this.row === 0 && this.#rejected.length === 0;
  }

  #nextCapacity(): number {
    // A batch that is taken before it is full is the last one: fresh buffers of full size would be thrown away.
    if (!this.isFull) return Math.min(FIRST_CAPACITY, this.#maxRows);
    if (this.row >= this.#capacity) return this.#maxRows;
    // Long values filled it: room for half as many rows again is enough.
    return Math.min(this.#maxRows, Math.ceil((this.row * 1.5) / MIN_ROWS) * MIN_ROWS || MIN_ROWS);
  }

  /** Hands the rows over and starts anew. */
  take(): Batch {
    const rows = this.row;
    this.#capacity = this.#nextCapacity();
    const columns = this.columns.map((writer) => writer.take(rows, this.#capacity));
    const batch: Batch = { kind: 'batch', rows, columns, rejected: this.#rejected };
    this.row = 0;
    this.#rejected = [];
    this.#state.heapBytes = 0;
    return batch;
  }
}

function defaultMaxRows(fields: readonly BuilderField[]): number {
  const rowBytes = fields.reduce((sum, field) => sum + valueWidth(field.type), 1);
  const rows = Math.floor(MAX_FIXED_BYTES / rowBytes / MIN_ROWS) * MIN_ROWS;
  return Math.min(DEFAULT_MAX_ROWS, Math.max(MIN_ROWS, rows));
}

function createWriter(state: RowState, index: number, field: BuilderField, capacity: number): ColumnWriter {
  const type = field.type;
  switch (type.kind) {
    case 'boolean':
      return new BooleanWriter(state, index, capacity);
    case 'integer':
      return type.bits === 64
        ? new LargeIntegerWriter(state, index, type.signed, capacity)
        : new SmallIntegerWriter(state, index, type.bits, type.signed, capacity);
    case 'float':
      return new FloatWriter(state, index, type.bits, capacity);
    case 'decimal':
      return new DecimalWriter(state, index, type.precision, type.scale, capacity);
    case 'string':
    case 'json':
      return new TextWriter(state, index, capacity);
    case 'bytes':
      return field.encoding === 'hex'
        ? new HexBytesWriter(state, index, capacity)
        : new BytesWriter(state, index, capacity);
    case 'uuid':
      return new UuidWriter(state, index, capacity);
    case 'date':
      return new DateWriter(state, index, capacity);
    case 'time':
      return new TimeWriter(state, index, capacity);
    case 'timestamp':
      return new TimestampWriter(state, index, type.timezone, capacity);
  }
}
