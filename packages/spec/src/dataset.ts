import type { LogicalType } from './logical-type.ts';

/** One typed column. */
export interface Field {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
}

/** Typed columns in order, and the columns that identify a row (empty when nothing does). */
export interface Schema {
  readonly fields: readonly Field[];
  readonly key: readonly string[];
}

/** Where a table stands inside a connection. `schema` is absent where the system has none (SQLite, files). */
export interface TableName {
  readonly schema?: string;
  readonly name: string;
}

/** A named table with typed columns. */
export interface Dataset {
  readonly table: TableName;
  readonly schema: Schema;
}

/** `shop.orders`, for people; never for SQL. */
export function formatTableName(table: TableName): string {
  return table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
}
