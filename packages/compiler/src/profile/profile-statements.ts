import { duckdbDialect, quoteIdentifier } from '@millrace/sql';
import type { Field } from '@millrace/spec';

import { traitsOf } from './column-traits.ts';

/** More rows say little more: a quantile of this many is within 0.8 % of rank, 19 times of 20. */
export const SAMPLE_ROWS = 32_768;
export const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
export const BINS = 20;
/** So many different values are kept by their hash, of all that there can be: half a percent of error for unique ones. */
const KEPT_VALUES = 65_536;
const TOP = 10;
/** Shapes take a regular expression for each text. */
const SHAPED_ROWS = 8192;
const SHAPED_CHARACTERS = 40;
const VALUE_CHARACTERS = 200;
const SHARE = 'count(*) / sum(count(*)) OVER () AS share';

/** The statements of a profile, in the order in which they run. */
export interface ProfileStatements {
  /** The number of rows, which decides how many are sampled. */
  readonly count: string;
  /** Reads every row once into `scanTable`: one row of facts, and a list of sampled rows. */
  readonly scan: (rows: bigint) => string;
  /** Spreads the sampled rows into `sampleTable`. */
  readonly sample: string;
  /** The row of facts, as text. */
  readonly facts: string;
  /** Of all columns: `position`, then `quantiles`, as a list of texts. */
  readonly quantiles: string | null;
  /** `position`, `kind` (top or shape), `value`, `share`. */
  readonly values: string;
  /** How often the sampled values repeat: `position`, `sampled`, `distinct`, `once`, `twice`. */
  readonly repeats: string;
  /** `position`, `bin`, `share`. */
  readonly bins: string | null;
  /** Exact numbers of different values: `position`, `distinct`. */
  readonly distinct: string | null;
  readonly cleanUp: readonly string[];
}

export interface ProfileOptions {
  /** What can follow FROM. */
  readonly relation: string;
  readonly fields: readonly Field[];
  /** Names of two tables that the statements may make and drop. */
  readonly scanTable: string;
  readonly sampleTable: string;
  /** Columns whose different values are counted exactly, because something is decided by them. */
  readonly exact?: readonly string[];
  /** True for rows with infinities or not-a-number, which the first scan finds: they are passed over, which costs a little. */
  readonly hasNonFinite: boolean;
}

/** Beyond this the square of a floating-point number is none. */
const LARGEST_SQUARED = '1e150';

const quote = (name: string): string => quoteIdentifier(duckdbDialect, name);
const text = (sql: string): string => `left(CAST(${sql} AS VARCHAR), ${VALUE_CHARACTERS})`;

/** Of all hashes, the lowest: values that have one of these stand for all different values, whatever rows they are in. */
export function keptShare(rows: bigint): number {
  return 2 ** -Math.max(1, Math.ceil(Math.log2(Number(rows) / KEPT_VALUES)));
}

/** One scan for everything that needs all rows; what can be estimated comes from rows that the same scan draws. */
export function profileStatements(options: ProfileOptions): ProfileStatements {
  const { relation, fields, exact = [], hasNonFinite } = options;
  const scanTable = quote(options.scanTable);
  const sampleTable = quote(options.sampleTable);
  const columns = fields.map((field, position) => ({
    position,
    traits: traitsOf(field.type),
    isFiltered: hasNonFinite && traitsOf(field.type).canBeInfinite,
    raw: quote(field.name),
    // Names of our own: those of the rows may differ in case only, or be words of the language.
    name: `c${position}`,
  }));
  type Column = (typeof columns)[number];
  const factsOf = (rows: bigint): readonly string[] =>
    columns.flatMap(({ traits, isFiltered, name }) => [
      `count(${name}) AS ${name}_present`,
      `count(DISTINCT hash(${name})) FILTER (WHERE hash(${name}) < ${BigInt(2 ** 64 * keptShare(rows))}) AS ${name}_kept`,
      ...(isFiltered ? [`count(${name}_raw) AS ${name}_all`] : []),
      ...(traits.isOrdered ? [`min(${name}) AS ${name}_min`, `max(${name}) AS ${name}_max`] : []),
      ...(traits.isNumber
        ? [
            `avg(CAST(${name} AS DOUBLE)) AS ${name}_mean`,
            `${isFiltered ? guardedDeviation(name) : `stddev_samp(CAST(${name} AS DOUBLE))`} AS ${name}_deviation`,
          ]
        : []),
      ...(traits.lengthOf === undefined
        ? []
        : ['min', 'max', 'avg'].map(
            (aggregate) => `${aggregate}(${traits.lengthOf}(${name})) AS ${name}_length_${aggregate}`,
          )),
    ]);
  const inner = columns.flatMap(({ isFiltered, raw, name }) =>
    isFiltered
      ? [`CASE WHEN isfinite(${raw}) THEN ${raw} END AS ${name}`, `${raw} AS ${name}_raw`]
      : [`${raw} AS ${name}`],
  );
  const packed = columns.map(({ name }) => `${name} := ${name}`).join(', ');
  const factNames = factsOf(0n).map((fact) => fact.split(' AS ').at(-1) ?? '');
  const measured = columns.filter(({ traits }) => traits.hasQuantiles);
  const spread = columns.filter(({ traits }) => traits.position !== undefined);
  const counted = columns.filter(({ position }) => exact.includes(fields[position]?.name ?? ''));
  const union = (parts: readonly string[]): string => parts.join(' UNION ALL ');
  const each = (list: readonly Column[], build: (column: Column) => string): string | null =>
    list.length === 0 ? null : union(list.map(build));
  return {
    count: `SELECT CAST(count(*) AS VARCHAR) AS "rows" FROM ${relation}`,
    scan: (rows) => {
      const share = rows <= BigInt(SAMPLE_ROWS) ? 1 : SAMPLE_ROWS / Number(rows);
      return (
        `CREATE TEMP TABLE ${scanTable} AS SELECT ${[...factsOf(rows), `list(struct_pack(${packed})) FILTER (WHERE is_drawn) AS sample`].join(', ')} ` +
        `FROM (SELECT ${inner.join(', ')}, random() <= ${share} AS is_drawn FROM ${relation})`
      );
    },
    sample: `CREATE TEMP TABLE ${sampleTable} AS SELECT unnest(sample, max_depth := 2) FROM ${scanTable}`,
    facts: `SELECT (SELECT CAST(count(*) AS VARCHAR) FROM ${sampleTable}) AS sampled, ${factNames.map((name) => `${text(name)} AS ${name}`).join(', ')} FROM ${scanTable}`,
    quantiles: each(
      measured,
      ({ position, name }) =>
        `(SELECT ${position} AS position, list_transform(quantile_disc(${name}, [${QUANTILES.join(', ')}]), lambda value: CAST(value AS VARCHAR)) AS quantiles FROM ${sampleTable})`,
    ),
    values: union(
      columns.flatMap(({ position, traits, name }) => [
        `(SELECT ${position} AS position, 'top' AS kind, ${text(name)} AS value, ${SHARE} FROM ${sampleTable} WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY share DESC, value LIMIT ${TOP})`,
        ...(traits.hasShape
          ? [
              `(SELECT ${position} AS position, 'shape' AS kind, ${shapeOf(name)} AS value, ${SHARE} FROM (SELECT ${name} FROM ${sampleTable} WHERE ${name} IS NOT NULL LIMIT ${SHAPED_ROWS}) GROUP BY value ORDER BY share DESC, value LIMIT ${TOP})`,
            ]
          : []),
      ]),
    ),
    repeats: union(
      columns.map(
        ({ position, name }) =>
          `(SELECT ${position} AS position, sum(times)::BIGINT AS sampled, count(*) AS "distinct", count_if(times = 1) AS once, count_if(times = 2) AS twice FROM (SELECT count(*) AS times FROM ${sampleTable} WHERE ${name} IS NOT NULL GROUP BY ${name}))`,
      ),
    ),
    bins: each(spread, ({ position, traits, name }) => {
      const at = (sql: string): string => traits.position?.(sql) ?? sql;
      const width = `(${at(`${name}_max`)} - ${at(`${name}_min`)})`;
      const share = `(${at(name)} - ${at(`${name}_min`)}) / nullif(${width}, 0)`;
      return `(SELECT ${position} AS position, CAST(least(${BINS - 1}, floor(coalesce(${share}, 0) * ${BINS})) AS INTEGER) AS bin, ${SHARE} FROM ${sampleTable}, (SELECT ${name}_min, ${name}_max FROM ${scanTable}) WHERE ${name} IS NOT NULL GROUP BY bin)`;
    }),
    distinct: each(
      counted,
      ({ position, raw }) =>
        `(SELECT ${position} AS position, CAST(count(*) AS VARCHAR) AS "distinct" FROM (SELECT DISTINCT ${raw} AS value FROM ${relation}) WHERE value IS NOT NULL)`,
    ),
    cleanUp: [sampleTable, scanTable].map((table) => `DROP TABLE IF EXISTS ${table}`),
  };
}

/** NULL where it would be too large, for which DuckDB has an error. */
function guardedDeviation(name: string): string {
  const size = `abs(CAST(${name} AS DOUBLE))`;
  return `CASE WHEN max(${size}) < ${LARGEST_SQUARED} THEN stddev_samp(CASE WHEN ${size} < ${LARGEST_SQUARED} THEN ${name} END) END`;
}

function shapeOf(name: string): string {
  const replaced = [
    ['[\\p{Ll}\\p{Lt}\\p{Lm}\\p{Lo}]', 'a'],
    ['\\p{Lu}', 'A'],
    ['\\p{Nd}', '9'],
  ].reduce(
    (sql, [from, to]) => `regexp_replace(${sql}, '${from}', '${to}', 'g')`,
    `left(${name}, ${SHAPED_CHARACTERS})`,
  );
  return replaced;
}
