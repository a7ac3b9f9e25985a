import type { CursorEvidence } from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';
import { mysqlDialect, quoteIdentifier, quoteTable } from '@millrace/sql';

import type { MysqlConnection } from '../protocol/connection.ts';
import { cursorField } from '../read/statement.ts';

const SAMPLE_ROWS = 20_000;

/** Counts NULLs among the first rows, or, where the column leads an index, among the NULLs the index begins with. */
export async function inspectCursor(
  connection: MysqlConnection,
  table: SourceTable,
  column: string,
): Promise<CursorEvidence> {
  const field = cursorField(table, column);
  const name = quoteIdentifier(mysqlDialect, column);
  const source = quoteTable(mysqlDialect, table.table);
  const isIndexed = table.indexedColumns.includes(column);
  const sample = `SELECT COUNT(*), COUNT(sampled.c) FROM (SELECT ${name} AS c FROM ${source} LIMIT ${SAMPLE_ROWS}) AS sampled`;
  // NULLs stand together at the beginning of an index, so counting them reads nothing else.
  const nulls = `SELECT COUNT(*) FROM (SELECT 1 AS one FROM ${source} WHERE ${name} IS NULL LIMIT ${SAMPLE_ROWS}) AS nulls`;
  const isCounted = isIndexed && field.nullable;
  connection.send(sample, ...(isCounted ? [nulls] : []));
  const [rows = '0', values = '0'] = (await connection.rows())[0]?.map((cell) => cell ?? '0') ?? [];
  const inSample = Number(rows) - Number(values);
  const counted = isCounted ? Number((await connection.rows())[0]?.[0] ?? 0) : inSample;
  return {
    nullCount: Math.max(inSample, counted),
    sampledRows: Number(rows),
    isIndexed,
    estimatedRows: table.estimatedRows,
  };
}
