import { PipelineError, isViewType, valueWidth, type Batch, type Vector } from '@millrace/connector-sdk';
import { formatLogicalType, type LogicalType, type SourceField } from '@millrace/spec';

import { compareCursorValues, cursorReader, parseCursorValue, type CursorValue } from './cursor-value.ts';
import type { CursorPosition } from './load-position.ts';
import { hasValue, rowHasher } from './row-hash.ts';

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
  readonly #mark: CursorValue | undefined;
  readonly #cursor: number;
  readonly #hashed: readonly number[];
  /** Hashes in order without repetition, and how often each is still to be met. */
  readonly #hashes: BigUint64Array;
  readonly #copies: Uint32Array;
  dropped = 0;

  /** Throws `schemaDrift` where the rows of the last load cannot be told from new ones. */
  constructor(
    table: string,
    fields: readonly SourceField[],
    from: CursorPosition,
    knownHashes: BigUint64Array,
  ) {
    this.#fields = fields;
    this.#cursor = fields.findIndex((field) => field.name === from.column);
    const type = fields[this.#cursor]?.type;
    this.#mark = type === undefined || from.mark === null ? undefined : parseCursorValue(type, from.mark);
    const columns = describeColumns(fields);
    this.#hashed = from.columns.map((column) => columns.indexOf(column));
    if (knownHashes.length > 0 && this.#hashed.includes(-1)) throw changed(table);
    const sorted = knownHashes.toSorted();
    this.#hashes = sorted.filter((hash, index) => index === 0 || hash !== sorted[index - 1]);
    this.#copies = new Uint32Array(this.#hashes.length);
    let at = -1;
    for (const [index, hash] of sorted.entries()) {
      if (index === 0 || hash !== sorted[index - 1]) at += 1;
      this.#copies[at] = (this.#copies[at] ?? 0) + 1;
    }
  }

  filter(batch: Batch): Batch {
    const field = this.#fields[this.#cursor];
    const vector = batch.columns[this.#cursor];
    const read = field === undefined || vector === undefined ? undefined : cursorReader(field.type, vector);
    if (vector === undefined || read === undefined || this.isEmpty) return batch;
    const validity = vector.validity === null ? null : new Uint8Array(vector.validity);
    const types = this.#hashed.flatMap((index) => this.#fields[index]?.type ?? []);
    const hash = rowHasher(
      types,
      this.#hashed.flatMap((index) => batch.columns[index] ?? []),
    );
    const kept: number[] = [];
    for (let row = 0; row < batch.rows; row++) {
      if (hasValue(validity, row) && this.isAtOrBelowMark(read(row)) && this.take(hash(row))) continue;
      kept.push(row);
    }
    return kept.length === batch.rows
      ? batch
      : selectRows(
          batch,
          this.#fields.map((one) => one.type),
          kept,
        );
  }

  /** True when no row can be known. */
  get isEmpty(): boolean {
    return this.#mark === undefined || this.#hashes.length === 0;
  }

  /** The columns that the hashes cover, which may be fewer than are read now. */
  get hashedFields(): readonly SourceField[] {
    return this.#hashed.flatMap((index) => this.#fields[index] ?? []);
  }

  isAtOrBelowMark(value: CursorValue): boolean {
    return this.#mark !== undefined && compareCursorValues(value, this.#mark) <= 0;
  }

  /** True when a row of this hash was loaded before; each loaded row answers once. */
  take(hash: bigint): boolean {
    let [low, high] = [0, this.#hashes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hashes[middle] ?? 0n) < hash) low = middle + 1;
      else high = middle;
    }
    const left = this.#copies[low] ?? 0;
    if (this.#hashes[low] !== hash || left === 0) return false;
    this.#copies[low] = left - 1;
    this.dropped += 1;
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
