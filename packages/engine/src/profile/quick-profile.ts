import { isNumericType, type ColumnProfile, type DatasetProfile } from '@millrace/compiler';
import type { StagedFile } from '@millrace/connector-sdk';
import { formatLogicalType, type Field } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { StagingDatabase, type StagingValue } from '../stage/staging-database.ts';

/** Up to so many rows are all read. */
const FEW_ROWS = 8192;
/** Places that rows of larger tables are taken from; each costs the decoding of a row group's numbers. */
const PLACES = 4;
const ROWS_PER_PLACE = 1024;
/** Beyond this the square of a floating-point number is none. */
const LARGEST_SQUARED = '1e150';

/** The sketch that counts different values is off by a tenth. */
const NEARLY_UNIQUE = 0.75;

type Facts = Readonly<Record<string, StagingValue>>;

/**
 * What the values of staged files look like, at the cost of a few milliseconds: NULLs, smallest and largest as the files' own
 * statistics say, means of numbers from rows taken at even distances. Of few rows, all is counted.
 */
export async function quickProfile(
  database: StagingDatabase,
  files: readonly StagedFile[],
  fields: readonly Field[],
): Promise<DatasetProfile> {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  if (rows === 0 || fields.length === 0)
    return { rows: String(rows), sampledRows: '0', columns: fields.map((field) => columnOf(field, {}, 0)) };
  const isSmall = rows <= FEW_ROWS;
  const all = StagingDatabase.parquetOf(files.map(({ path }) => path));
  const numbers = fields.filter(({ type }) => isNumericType(type));
  const sampled = await readFacts(
    database,
    [...numbers.flatMap(numberFacts), ...(isSmall ? fields.flatMap(columnFacts) : [])],
    isSmall ? all : `(${sampleSql(files, numbers, rows)})`,
  );
  const facts = isSmall ? sampled : { ...sampled, ...(await readStatistics(database, files, fields)) };
  return {
    rows: String(rows),
    sampledRows: String(Number(facts['sampled'] ?? 0)),
    columns: fields.map((field) => columnOf(field, facts, rows)),
  };
}

/** Facts carry the name of their column, behind what they are. */
function numberFacts({ name, type }: Field): readonly string[] {
  const column = quote(name);
  const value = `CAST(${column} AS DOUBLE)`;
  const finite = type.kind === 'float' ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
  const bounded = `CASE WHEN abs(${finite}) < ${LARGEST_SQUARED} THEN ${finite} END`;
  return [
    `approx_count_distinct(${column}) AS ${quote(`distinct ${name}`)}`,
    `count(${column}) AS ${quote(`present ${name}`)}`,
    `avg(${finite}) AS ${quote(`mean ${name}`)}`,
    `stddev_samp(${bounded}) AS ${quote(`deviation ${name}`)}`,
  ];
}

function columnFacts({ name, type }: Field): readonly string[] {
  const column = quote(name);
  const ends = ['min', 'max'].map(
    (end) => `CAST(${end}(${column}) AS VARCHAR) AS ${quote(`${end} ${name}`)}`,
  );
  return [
    `CAST(count_if(${column} IS NULL) AS VARCHAR) AS ${quote(`nulls ${name}`)}`,
    ...(hasEnds(type.kind) ? ends : []),
  ];
}

async function readFacts(database: StagingDatabase, facts: readonly string[], from: string): Promise<Facts> {
  const [row = {}] = await database.query(
    `SELECT ${['count(*) AS sampled', ...facts].join(', ')} FROM ${from}`,
  );
  return row;
}

/** NULLs, and the ends of numbers and moments, from the footers of the files. */
async function readStatistics(
  database: StagingDatabase,
  files: readonly StagedFile[],
  fields: readonly Field[],
): Promise<Facts> {
  const paths = files.map((file) => quoteText(duckdbDialect, file.path)).join(', ');
  const facts = fields.flatMap(({ name, type }) => {
    const own = `FILTER (WHERE path_in_schema = ${quoteText(duckdbDialect, name)})`;
    const ends = ['min', 'max'].map(
      (end) =>
        `CAST(${end}(TRY_CAST(stats_${end}_value AS ${duckdbType(type)})) ${own} AS VARCHAR) AS ${quote(`${end} ${name}`)}`,
    );
    return [
      `CAST(sum(stats_null_count) ${own} AS VARCHAR) AS ${quote(`nulls ${name}`)}`,
      ...(hasEnds(type.kind) ? ends : []),
    ];
  });
  const [row = {}] = await database.query(`SELECT ${facts.join(', ')} FROM parquet_metadata([${paths}])`);
  return row;
}

/** Rows at even distances, by their place in a file: DuckDB skips the row groups between. */
function sampleSql(files: readonly StagedFile[], fields: readonly Field[], rows: number): string {
  const list = ['file_row_number', ...fields.map(({ name }) => quote(name))].join(', ');
  const windows: string[] = [];
  let before = 0;
  for (const file of files) {
    for (let place = 0; place < PLACES; place++) {
      const at = Math.floor((rows * place) / PLACES) - before;
      if (at < 0 || at >= file.rows) continue;
      windows.push(
        `SELECT ${list} FROM read_parquet(${quoteText(duckdbDialect, file.path)}, file_row_number = true) WHERE file_row_number >= ${at} AND file_row_number < ${at + ROWS_PER_PLACE}`,
      );
    }
    before += file.rows;
  }
  return windows.join(' UNION ALL ');
}

function columnOf({ name, type }: Field, facts: Facts, rows: number): ColumnProfile {
  const text = (fact: string): string | null => {
    const value = facts[`${fact} ${name}`];
    return typeof value === 'string' ? value : null;
  };
  const number = (fact: string): number | null => {
    const value = facts[`${fact} ${name}`];
    const parsed = value === null || value === undefined ? Number.NaN : Number(value);
    return Number.isFinite(parsed) ? parsed : null;
  };
  const nulls = text('nulls') ?? '0';
  const distinct = number('distinct');
  // What hardly ever repeats in the sample repeats in no other rows either, as far as one can see.
  const isUnique = distinct !== null && distinct >= NEARLY_UNIQUE * (number('present') ?? 0);
  const count = isUnique ? rows - Number(nulls) : distinct;
  return {
    name,
    type: formatLogicalType(type),
    nulls,
    nonFinite: null,
    distinct: count === null ? null : { count: String(count), isExact: false },
    min: text('min'),
    max: text('max'),
    mean: number('mean'),
    deviation: number('deviation'),
    quantiles: [],
    lengths: null,
    top: [],
    shapes: [],
    histogram: null,
  };
}

function hasEnds(kind: string): boolean {
  return ['integer', 'decimal', 'date', 'timestamp', 'time'].includes(kind);
}

function quote(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}
