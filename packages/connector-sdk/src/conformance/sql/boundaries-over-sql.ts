import type { LogicalType } from '@millrace/spec';

import { canonicalFromText } from '../canonical-from-text.ts';
import type { BoundaryColumn, BoundaryTable, BoundaryValue } from '../harness.ts';
import { quoteTableOf, type SqlProbe, tableIn } from './sql-probe.ts';

/** The values of one native type, as SQL expressions. */
export interface BoundaryValues {
  readonly name: string;
  readonly native: string;
  readonly type: LogicalType;
  /** The column as text that reads back exactly; without it `textOf`. */
  readonly text?: (column: string) => string;
  readonly values: readonly string[];
  /** Values that no logical type can hold. */
  readonly rejected?: readonly { readonly sql: string; readonly reason: RegExp }[];
}

export interface BoundaryOptions {
  readonly idType: string;
  readonly textOf: (column: string, type: LogicalType) => string;
}

/** Makes the table, and asks the server for the text of each value. */
export async function createBoundariesOverSql(
  probe: SqlProbe,
  name: string,
  columns: readonly BoundaryValues[],
  options: BoundaryOptions,
): Promise<BoundaryTable> {
  const table = tableIn(probe, name);
  const target = quoteTableOf(probe, table);
  const definitions = columns.map((column) => `${probe.quote(column.name)} ${column.native}`);
  await probe.run(`CREATE TABLE ${target} (id ${options.idType} PRIMARY KEY, ${definitions.join(', ')})`);
  let id = 0;
  const described: BoundaryColumn[] = [];
  for (const column of columns) {
    const cell = probe.quote(column.name);
    const first = id;
    const insert = async (sql: string): Promise<number> => {
      await probe.run(`INSERT INTO ${target} (id, ${cell}) VALUES (${id}, ${sql})`);
      return id++;
    };
    for (const sql of column.values) await insert(sql);
    const text = column.text?.(cell) ?? options.textOf(cell, column.type);
    const printed = await probe.rows(
      `SELECT id, ${text} FROM ${target} WHERE id >= ${first} AND id < ${id} ORDER BY id`,
    );
    const values: BoundaryValue[] = printed.map(([at, value], index) => {
      if (value == null)
        throw new Error(`${column.name}: the server prints NULL for ${column.values[index]}`);
      return { id: Number(at), sql: column.values[index] ?? '', text: canonicalFromText(column.type, value) };
    });
    for (const { sql, reason } of column.rejected ?? [])
      values.push({ id: await insert(sql), sql, rejected: reason });
    described.push({ name: column.name, native: column.native, type: column.type, values });
  }
  return { table, columns: described };
}
