import { rename, rm } from 'node:fs/promises';

import type { RejectedRow } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import type { ArrivalFilter } from './arrival-filter.ts';
import { copyToParquet, type ParquetLayout } from './parquet-layout.ts';
import type { RowEncoder } from './row-encoder.ts';
import { stagedColumn, type StagedColumn } from './staged-columns.ts';
import { type RunStatement, StagingDatabase } from './staging-database.ts';

/** Rows that a destination cannot keep, as a DuckDB predicate over the staged column. */
export interface RejectPredicate {
  readonly column: string;
  readonly predicate: string;
  readonly reason: string;
}

export interface RowSieveOptions {
  readonly columns: readonly StagedColumn[];
  readonly fields: readonly SourceField[];
  readonly rejectPredicates?: readonly RejectPredicate[];
  readonly arrival?: readonly ArrivalFilter[];
  readonly encoder?: RowEncoder | undefined;
  readonly onRejected: (rows: readonly RejectedRow[]) => void;
}

/** Holds back the rows of a load that do not stay: those that a destination cannot keep, and those that the contract does not let in. */
export class RowSieve {
  readonly #database: StagingDatabase;
  readonly #options: RowSieveOptions;
  #refusedRows = 0;
  #discardedRows = 0;
  #discardedValues = 0;

  constructor(database: StagingDatabase, options: RowSieveOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Rows that were refused, each of which `onRejected` was told. */
  get refusedRows(): number {
    return this.#refusedRows;
  }

  /** Rows that the contract drops, and values that it leaves out of rows that are kept. */
  get discarded(): { readonly rows: number; readonly values: number } {
    return { rows: this.#discardedRows, values: this.#discardedValues };
  }

  /** Takes out what the contract does not let in; batches can be read only once, so that they become a file first. */
  async judge<T>(
    source: string,
    path: string,
    query: RunStatement,
    work: (kept: string) => Promise<T>,
  ): Promise<T> {
    const { arrival = [], fields } = this.#options;
    const every = fields.map((_, index) => `c${index}`);
    await query(
      `COPY (SELECT ${every.join(', ')} FROM ${source}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet)`,
    );
    try {
      const read = StagingDatabase.parquetOf([path]);
      const isAny = (action: ArrivalFilter['action']) =>
        arrival.flatMap((rule) => (rule.action === action ? [rule.unfit] : [])).join(' OR ') || 'false';
      const [aside, dropped] = [`(${isAny('quarantine')})`, `(${isAny('discardRow')})`];
      const rules = arrival.filter(({ action }) => action === 'quarantine');
      if (rules.length > 0)
        await this.refuseWhere(
          read,
          rules.map(({ column, unfit, reason }) => ({ column, predicate: unfit, reason })),
          every,
        );
      const kept = `NOT ${aside} AND NOT ${dropped}`;
      const emptied = arrival.flatMap(({ action, unfit }) =>
        action === 'discardValue' ? [`count(CASE WHEN ${kept} AND ${unfit} THEN 1 END)`] : [],
      );
      const [counts] = await this.#database.query(
        `SELECT CAST(count(CASE WHEN ${dropped} AND NOT ${aside} THEN 1 END) AS VARCHAR) AS "rows", ` +
          `CAST(${emptied.join(' + ') || '0'} AS VARCHAR) AS "values" FROM ${read}`,
      );
      this.#discardedRows += Number(counts?.['rows']);
      this.#discardedValues += Number(counts?.['values']);
      return await work(`${read} WHERE ${kept}`);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Moves the rows of a file that match a reject predicate out of it; returns how many there were. */
  async divert(path: string, layout: ParquetLayout, isEncoded: boolean): Promise<number> {
    const { rejectPredicates = [], encoder } = this.#options;
    const asked = rejectPredicates.filter(({ column }) => !isEncoded || encoder?.unchecked.has(column));
    const rules = asked.map((rule) => ({
      ...rule,
      predicate: `coalesce(${rule.predicate.replaceAll('{column}', quoteIdentifier(duckdbDialect, rule.column))}, false)`,
    }));
    if (rules.length === 0) return 0;
    const file = StagingDatabase.parquetOf([path]);
    const refused = await this.refuseWhere(
      file,
      rules,
      this.#options.fields.map((field) => this.#stagedName(field)),
    );
    if (refused === 0) return 0;
    const isKept = rules.map((rule) => `NOT ${rule.predicate}`).join(' AND ');
    await this.#database.query(
      copyToParquet(`${path}.kept`, `SELECT * FROM ${file} WHERE ${isKept}`, layout),
    );
    await rename(`${path}.kept`, path);
    return refused;
  }

  /** Reports the rows that match, with each cell as text (bytes as they are). Returns how many there were. */
  async refuseWhere(
    source: string,
    rules: readonly RejectPredicate[],
    cells: readonly string[],
  ): Promise<number> {
    const which = rules.map((rule, index) => `WHEN ${rule.predicate} THEN ${index}`).join(' ');
    const texts = cells.map((cell, index) => {
      const isBytes = this.#options.fields[index]?.type.kind === 'bytes';
      return isBytes ? `hex(${cell})` : `hex(encode(CAST(${cell} AS VARCHAR)))`;
    });
    const rows = await this.#database.query(
      `SELECT CASE ${which} END AS rule, [${texts.join(', ')}] AS cells FROM ${source} WHERE ${rules.map((rule) => rule.predicate).join(' OR ')}`,
    );
    const rejected = rows.map((row): RejectedRow => {
      const rule = rules[Number(row['rule'])];
      const values = row['cells'] as readonly (string | null)[];
      return {
        column: rule?.column ?? null,
        reason: rule?.reason ?? 'the destination cannot keep this value',
        cells: values.map((cell) => (cell === null ? null : Buffer.from(cell, 'hex'))),
      };
    });
    if (rejected.length > 0) this.#options.onRejected(rejected);
    this.#refusedRows += rejected.length;
    return rejected.length;
  }

  /** The SQL of a source column in a written file. */
  #stagedName(field: SourceField): string {
    const column = stagedColumn(this.#options.columns, field);
    return column === undefined ? 'NULL' : quoteIdentifier(duckdbDialect, column.field.name);
  }
}
