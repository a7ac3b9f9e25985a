import type { SQLOutputValue } from 'node:sqlite';

import type { BatchBuilder, ColumnWriter } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';

import { allocateScratch, createCellWriter, rawCell, type CellWriter } from './cell-writers.ts';
import type { SqliteRow } from './database.ts';
import type { ExactText } from './exact-text.ts';

interface FieldWriter {
  readonly column: ColumnWriter;
  readonly write: CellWriter;
}

/** Writes rows of SQLite into a batch, or to its rejected rows. */
export class RowWriter {
  readonly #builder: BatchBuilder;
  readonly #exact: ExactText;
  readonly #writers: readonly FieldWriter[];
  #row: SqliteRow = [];
  readonly #cells = (): (Uint8Array | null)[] => this.#row.slice(0, this.#writers.length).map(rawCell);

  constructor(builder: BatchBuilder, fields: readonly SourceField[], exact: ExactText) {
    this.#builder = builder;
    this.#exact = exact;
    const scratch = allocateScratch();
    this.#writers = builder.columns.map((column, index) => {
      const field = fields[index] as SourceField;
      return { column, write: createCellWriter(column, field.type, scratch) };
    });
  }

  /** `position` counts the rows of the scan from 0. */
  write(position: number, row: SqliteRow): void {
    this.#row = row;
    for (let index = 0; index < this.#writers.length; index += 1) {
      const value = row[index] as SQLOutputValue;
      const { column, write } = this.#writers[index] as FieldWriter;
      if (
        typeof value === 'string' &&
        this.#exact.isSuspect(value) &&
        !this.#exact.isValid(position, index)
      ) {
        this.#row = this.#row.with(index, this.#exact.bytes(position, index));
        column.reject('the text is not valid Unicode');
      } else {
        write(this.#builder.row, value);
      }
    }
    this.#builder.endRow(this.#cells);
  }
}
