import { PipelineError, isViewType, valueWidth, type Batch, type Vector } from '@millrace/connector-sdk';
import { formatLogicalType, type LogicalType, type SourceField } from '@millrace/spec';

import { compareCursorValues, cursorReader, parseCursorValue } from './cursor-value.ts';
import type { CursorPosition } from './load-position.ts';
import { hasValue, rowHasher } from './row-hash.ts';
import { MOST_TAIL_HASHES, formatHash } from './tail.ts';

/** The columns that a tail was hashed over, for the saved position. */
export function describeColumns(fields: readonly SourceField[]): readonly string[] {
  return fields.map((field) => `${field.name} ${formatLogicalType(field.type)}`);
}

/**
 * Leaves out the rows of the look-back window that an earlier load appended already. A multiset: a row that is there
 * twice now and was there once is appended once more. Rows that changed since are new rows of an append table.
 */
export class KnownRows {
  readonly #fields: readonly SourceField[];
  readonly #from: CursorPosition;
  readonly #cursor: number;
  readonly #hashed: readonly number[];
  readonly #known = new Map<string, number>();
  dropped = 0;

  /** Throws `cursorUnfit` or `schemaDrift` where the rows of the last load cannot be told from new ones. */
  constructor(table: string, fields: readonly SourceField[], from: CursorPosition) {
    this.#fields = fields;
    this.#from = from;
    this.#cursor = fields.findIndex((field) => field.name === from.column);
    const hashes = from.tail?.hashes ?? null;
    if (hashes === null) throw tooMany(table, from.column);
    const columns = describeColumns(fields);
    this.#hashed = from.columns.map((column) => columns.indexOf(column));
    if (hashes.length > 0 && this.#hashed.includes(-1)) throw changed(table);
    for (const hash of hashes) this.#known.set(hash, (this.#known.get(hash) ?? 0) + 1);
  }

  filter(batch: Batch): Batch {
    const field = this.#fields[this.#cursor];
    const vector = batch.columns[this.#cursor];
    const mark =
      field === undefined || this.#from.mark === null
        ? undefined
        : parseCursorValue(field.type, this.#from.mark);
    const read = field === undefined || vector === undefined ? undefined : cursorReader(field.type, vector);
    if (vector === undefined || mark === undefined || read === undefined || this.#known.size === 0)
      return batch;
    const validity = vector.validity === null ? null : new Uint8Array(vector.validity);
    const types = this.#hashed.flatMap((index) => this.#fields[index]?.type ?? []);
    const hash = rowHasher(
      types,
      this.#hashed.flatMap((index) => batch.columns[index] ?? []),
    );
    const kept: number[] = [];
    for (let row = 0; row < batch.rows; row++) {
      if (
        hasValue(validity, row) &&
        compareCursorValues(read(row), mark) <= 0 &&
        this.#take(formatHash(hash(row)))
      )
        continue;
      kept.push(row);
    }
    this.dropped += batch.rows - kept.length;
    return kept.length === batch.rows
      ? batch
      : selectRows(
          batch,
          this.#fields.map((one) => one.type),
          kept,
        );
  }

  #take(hash: string): boolean {
    const left = this.#known.get(hash) ?? 0;
    if (left === 0) return false;
    this.#known.set(hash, left - 1);
    return true;
  }
}

/** The batch with only these rows; long values stay in the heap they are in. */
export function selectRows(batch: Batch, types: readonly LogicalType[], rows: readonly number[]): Batch {
  const columns = batch.columns.map((vector, index): Vector => {
    const type = types[index];
    if (type === undefined) throw new RangeError('A batch has more columns than its types.');
    const width = isViewType(type) ? 16 : valueWidth(type);
    const from = new Uint8Array(vector.values);
    const values = new Uint8Array(rows.length * width);
    for (const [target, row] of rows.entries())
      values.set(from.subarray(row * width, (row + 1) * width), target * width);
    if (vector.validity === null) return { ...vector, values: values.buffer };
    const old = new Uint8Array(vector.validity);
    const validity = new Uint8Array(Math.ceil(rows.length / 64) * 8);
    for (const [target, row] of rows.entries()) {
      if (hasValue(old, row)) validity[target >> 3] = (validity[target >> 3] ?? 0) | (1 << (target & 7));
    }
    return { ...vector, values: values.buffer, validity: validity.buffer };
  });
  return { ...batch, rows: rows.length, columns };
}

function tooMany(table: string, cursor: string): PipelineError {
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message:
      `${table}.${cursor} cannot drive appends: more than ${MOST_TAIL_HASHES.toLocaleString('en-US')} rows share its look-back window, ` +
      'too many to tell new rows from loaded ones. Use write: merge with a key, or a finer cursor.',
  });
}

function changed(table: string): PipelineError {
  return new PipelineError({
    code: 'schemaDrift',
    blame: 'source',
    retry: 'never',
    message:
      `${table} lost or changed a column, so that rows which were appended already cannot be told from new ones. ` +
      'Use write: merge with a key, or run again with --full-refresh.',
  });
}
