import type { ColumnSample, PairSample, TableSample } from '@millrace/compiler';
import type { LogicalType, SourceField } from '@millrace/spec';

import type { StagingDatabase, StagingValue } from '../stage/staging-database.ts';

/** Longer values are cut: their beginning says what they are. */
const MAX_TEXT = 200;
const TOP_VALUES = 20;
const KEPT_VALUES = 200;
const SKETCH_HASHES = 2_048;
/** DuckDB's hashes have 64 bits; a JavaScript number holds 53 of them. */
const HASH_BITS = 53;

/** Which columns to put side by side. */
export type ColumnPair = readonly [left: string, right: string];

/** Describes the columns c0, c1, … of a table in the staging database. */
export async function profileSample(
  database: StagingDatabase,
  table: string,
  fields: readonly SourceField[],
  pairs: readonly ColumnPair[],
): Promise<Omit<TableSample, 'isComplete'>> {
  const [counted] = await database.query(`SELECT count(*) AS "rows" FROM ${table}`);
  const columns: ColumnSample[] = [];
  for (const [index, field] of fields.entries())
    columns.push(await profileColumn(database, table, `c${index}`, field));
  const compared: PairSample[] = [];
  for (const [left, right] of pairs) {
    const indexes = [left, right].map((name) => fields.findIndex((field) => field.name === name));
    if (indexes.includes(-1)) continue;
    const [first = '', second = ''] = indexes.map((index) => `c${index}`);
    const isSameKind = fields[indexes[0] ?? 0]?.type.kind === fields[indexes[1] ?? 0]?.type.kind;
    compared.push({ left, right, ...(await comparePair(database, table, first, second, isSameKind)) });
  }
  return { rows: Number(counted?.['rows']), columns, pairs: compared };
}

async function profileColumn(
  database: StagingDatabase,
  table: string,
  column: string,
  { name, type }: SourceField,
): Promise<ColumnSample> {
  const text = type.kind === 'bytes' ? 'hex(v)' : 'CAST(v AS VARCHAR)';
  const bound = (extreme: string): string =>
    isOrdered(type) ? `left(CAST(${extreme}(v) AS VARCHAR), ${MAX_TEXT})` : 'NULL';
  const [row = {}] = await database.query(`
    WITH grouped AS (SELECT ${column} AS v, count(*) AS n FROM ${table} WHERE ${column} IS NOT NULL GROUP BY ${column}),
    texts AS (SELECT v, n, left(${text}, ${MAX_TEXT}) AS t, length(${text}) AS l, hash(${text}) >> ${64 - HASH_BITS} AS h FROM grouped)
    SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS non_null, count(*) AS distinct_values,
      ${bound('min')} AS min_value, ${bound('max')} AS max_value,
      sum(l * n) / sum(n) AS mean_length, max(l) AS max_length,
      list(t ORDER BY n DESC, t)[:${TOP_VALUES}] AS top_values,
      list(CAST(n AS VARCHAR) ORDER BY n DESC, t)[:${TOP_VALUES}] AS top_counts,
      list(t ORDER BY h, t)[:${KEPT_VALUES}] AS kept_values,
      list(CAST(h AS VARCHAR) ORDER BY h)[:${SKETCH_HASHES}] AS hashes
    FROM texts`);
  const counts = listOf(row['top_counts']);
  const hashes = listOf(row['hashes']).map(Number);
  const distinct = Number(row['distinct_values']);
  return {
    name,
    nonNull: Number(row['non_null']),
    distinct,
    min: textOf(row['min_value']),
    max: textOf(row['max_value']),
    meanLength: numberOf(row['mean_length']),
    maxLength: numberOf(row['max_length']),
    top: listOf(row['top_values']).map((value, index) => ({ value, count: Number(counts[index]) })),
    values: listOf(row['kept_values']),
    sketch: { hashes, upTo: distinct > SKETCH_HASHES ? (hashes.at(-1) ?? 0) : 2 ** HASH_BITS },
  };
}

async function comparePair(
  database: StagingDatabase,
  table: string,
  left: string,
  right: string,
  isSameKind: boolean,
): Promise<Omit<PairSample, 'left' | 'right'>> {
  const compared = (sign: string): string => (isSameKind ? `count(*) FILTER (WHERE l ${sign} r)` : '0');
  const [row = {}] = await database.query(`
    WITH side_by_side AS (SELECT ${left} AS l, ${right} AS r FROM ${table} WHERE ${left} IS NOT NULL AND ${right} IS NOT NULL),
    ranked AS (SELECT l, r, rank() OVER (ORDER BY l) AS lr, rank() OVER (ORDER BY r) AS rr FROM side_by_side)
    SELECT count(*) AS "rows", ${compared('<')} AS less, ${compared('>')} AS greater, corr(lr, rr) AS correlation FROM ranked`);
  const correlation = numberOf(row['correlation']);
  return {
    rows: Number(row['rows']),
    less: Number(row['less']),
    greater: Number(row['greater']),
    rankCorrelation: correlation === null || Number.isNaN(correlation) ? null : correlation,
  };
}

function isOrdered({ kind }: LogicalType): boolean {
  return kind !== 'json' && kind !== 'bytes';
}

function listOf(value: StagingValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function textOf(value: StagingValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: StagingValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
