import { join } from 'node:path';

import type { Field, TableName } from '@millrace/spec';

import { nativeType } from '../types.ts';
import { identifier, qualifiedName, text, textOrNull } from './names.ts';
import type { ParquetTable } from './publication.ts';

/** `read_parquet(…)` over exactly these files; folder names never become columns. */
export function parquetFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(text).join(', ')}], hive_partitioning = false)`;
}

/** The table that the files and the constants make up, as a query. */
export function parquetTableSql(fields: readonly Field[], parquet: ParquetTable): string {
  const isEmpty = parquet.names.length === 0;
  const columns = fields.map(({ name, type }) => {
    const { constants } = parquet;
    // A column may be called `constructor`.
    const known = Object.hasOwn(constants, name) ? constants[name] : undefined;
    const constant = isEmpty ? null : known;
    const value = constant === undefined ? identifier(name) : textOrNull(constant);
    return `CAST(${value} AS ${nativeType(type)}) AS ${identifier(name)}`;
  });
  const paths = parquet.names.map((name) => join(parquet.root, parquet.folder, name));
  return `SELECT ${columns.join(', ')}${isEmpty ? ' WHERE false' : ` FROM ${parquetFiles(paths)}`}`;
}

export function createViewSql(table: TableName, fields: readonly Field[], parquet: ParquetTable): string {
  return `CREATE OR REPLACE VIEW ${qualifiedName(table)} AS ${parquetTableSql(fields, parquet)}`;
}
