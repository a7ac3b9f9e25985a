import type { LogicalType } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

import type { DescribedColumn } from '../sql/sql-analyser.ts';
import { quote } from './columns.ts';
import type { ResultColumn } from './transform-verb.ts';

/**
 * The logical type of a result's column. What DuckDB computes in a type that the language does not have becomes the one
 * that keeps every value: its 128-bit integers decimals, nested values JSON, enums text. Undefined when there is none.
 */
export function resultColumn(column: DescribedColumn): ResultColumn | undefined {
  const { name, nativeType } = column;
  if (column.type !== null) return { name, type: column.type };
  const cast = (type: LogicalType): ResultColumn => ({
    name,
    type,
    conversion: `CAST(${quote(name)} AS ${duckdbType(type)})`,
  });
  if (/^U?HUGEINT$/.test(nativeType)) return cast({ kind: 'decimal', precision: 38, scale: 0 });
  if (/^ENUM\b/.test(nativeType)) return cast({ kind: 'string' });
  if (/^TIMESTAMP_(S|MS)$/.test(nativeType)) return cast({ kind: 'timestamp', timezone: false });
  if (nativeType === '"NULL"' || nativeType === 'NULL') return cast({ kind: 'string' });
  if (nativeType.endsWith(']') || /^(STRUCT|MAP|UNION)\b/.test(nativeType))
    return { name, type: { kind: 'json' }, conversion: `CAST(to_json(${quote(name)}) AS JSON)` };
  return undefined;
}

/** The SELECT around a query that converts what has to be; the query itself when nothing has. */
export function convertResult(sql: string, columns: readonly ResultColumn[]): string {
  if (columns.every(({ conversion }) => conversion === undefined)) return sql;
  const list = columns.map(({ name, conversion }) =>
    conversion === undefined ? quote(name) : `${conversion} AS ${quote(name)}`,
  );
  return `SELECT ${list.join(', ')} FROM (${sql}\n) AS "result"`;
}
