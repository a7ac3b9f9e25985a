import { duckdbDialect, quoteIdentifier } from './dialect.ts';

/** What the text of a value depends on; every logical type of the product is one. */
export type CanonicalType =
  | { readonly kind: 'boolean' | 'string' | 'json' | 'bytes' | 'uuid' | 'date' | 'time' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly timezone: boolean };

export interface DigestColumn {
  readonly name: string;
  readonly type: CanonicalType;
  /** What to read instead of the column of that name. */
  readonly expression?: string;
}

/** What a digest is taken of: `relation` is anything that can follow FROM, `where` a condition or nothing. */
export interface DuckdbDigest {
  readonly relation: string;
  readonly columns: readonly DigestColumn[];
  /** Names among the columns; empty when rows have no key. */
  readonly key: readonly string[];
  /** A power of two. */
  readonly buckets: number;
  readonly where?: string;
}

/**
 * The canonical text of a value as a DuckDB expression, NULL for NULL; `expression` may be evaluated several times. It
 * depends on no setting of the session but needs no other time zone than its own: instants are read as UTC.
 */
export function canonicalText(type: CanonicalType, expression: string): string {
  switch (type.kind) {
    case 'boolean':
      return `CAST(CAST(CAST(${expression} AS BOOLEAN) AS TINYINT) AS VARCHAR)`;
    case 'integer':
    case 'string':
    case 'json':
    case 'uuid':
      return `CAST(${expression} AS VARCHAR)`;
    case 'decimal':
      return decimalText(type.precision, type.scale, expression);
    case 'float':
      return floatText(`CAST(${expression} AS DOUBLE)`);
    case 'bytes':
      return `lower(hex(CAST(${expression} AS BLOB)))`;
    case 'date':
      return dateText(`CAST(${expression} AS DATE)`);
    case 'time':
      return timeText(`CAST(CAST(${expression} AS TIME) AS VARCHAR)`);
    case 'timestamp':
      return timestampText(type.timezone ? utcReading(expression) : `CAST(${expression} AS TIMESTAMP)`);
  }
}

/** A query of `bucket` (ascending), `rows` and `sum` (of row hashes, not yet modulo 2^64), each as text. */
export function bucketDigestSql(digest: DuckdbDigest): string {
  const bucket =
    digest.buckets === 1
      ? '0'
      : `${digest.key.length === 0 ? 'row_hash' : 'key_hash'} & ${digest.buckets - 1}`;
  return `SELECT CAST(bucket AS VARCHAR) AS bucket, CAST(count(*) AS VARCHAR) AS "rows", CAST(sum(row_hash) AS VARCHAR) AS "sum"
    FROM (SELECT ${bucket} AS bucket, row_hash FROM (${hashedRowsSql(digest, digest.buckets > 1)})) AS hashed
    GROUP BY hashed.bucket ORDER BY hashed.bucket`;
}

/** A query of the rows in the given buckets: `hash` as text, then the canonical text of each key column as a BLOB. */
export function rowDigestSql(digest: DuckdbDigest, inBuckets: readonly number[]): string {
  const keys = digest.key.map((_, index) => `encode(k${index}) AS k${index}`);
  const hash = digest.key.length === 0 ? 'row_hash' : 'key_hash';
  const isWanted =
    digest.buckets === 1
      ? ''
      : `WHERE ${hash} & ${digest.buckets - 1} IN (${inBuckets.map(Number).join(', ')})`;
  return `SELECT ${['CAST(row_hash AS VARCHAR) AS hash', ...keys].join(', ')} FROM (${hashedRowsSql(digest, digest.key.length > 0)}) ${isWanted}`;
}

function hashedRowsSql(digest: DuckdbDigest, needsKeyHash: boolean): string {
  const { columns, key, relation, where } = digest;
  const index = new Map(columns.map(({ name }, position) => [name, position]));
  const keyTexts = key.map((name) => {
    const position = index.get(name);
    if (position === undefined)
      throw new RangeError(`The key column ${name} is not among the columns of the digest.`);
    return `t${position}`;
  });
  const texts = columns.map(
    ({ name, type, expression }, position) =>
      `${canonicalText(type, expression ?? quoteIdentifier(duckdbDialect, name))} AS t${position}`,
  );
  const hashes = [
    `${hashOf(columns.map((_, position) => `t${position}`))} AS row_hash`,
    ...(needsKeyHash && key.length > 0 ? [`${hashOf(keyTexts)} AS key_hash`] : []),
    ...keyTexts.map((text, position) => `${text} AS k${position}`),
  ];
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  return `SELECT ${hashes.join(', ')} FROM (SELECT ${texts.join(', ')} FROM ${relation}${condition})`;
}

/**
 * The first 16 digits of MD5 as UBIGINT. `md5_number` has the bytes the other way round and takes 7 times as long;
 * `concat`, which passes over NULL, takes a third of the time of `||`.
 */
function hashOf(texts: readonly string[]): string {
  const parts = texts.flatMap((text) => [
    `strlen(${text})`,
    `CASE WHEN ${text} IS NULL THEN '~' ELSE ':' END`,
    text,
    `'|'`,
  ]);
  return `CAST('0x' || left(md5(concat(${parts.join(', ')})), 16) AS UBIGINT)`;
}

function decimalText(precision: number, scale: number, expression: string): string {
  const text = `CAST(CAST(${expression} AS DECIMAL(${precision},${scale})) AS VARCHAR)`;
  // DuckDB writes no digit before the point when all digits stand after it: `.05`.
  return precision === scale ? `regexp_replace(${text}, '^(-?)\\.', '\\10.')` : text;
}

/** Mantissa and exponent from the bits of the value, subnormals scaled by 2^54 first, which is exact. */
function floatText(value: string): string {
  const isSubnormal = `abs(${value}) < 2.2250738585072014e-308`;
  const bits = `CAST(CAST(CASE WHEN ${isSubnormal} THEN ${value} * 18014398509481984.0::DOUBLE ELSE ${value} END AS BIT) AS UBIGINT)`;
  const mantissa = `CAST((${bits} & 4503599627370495) | 4503599627370496 AS VARCHAR)`;
  const exponent = `CAST(CAST((${bits} >> 52) & 2047 AS INTEGER) - CASE WHEN ${isSubnormal} THEN 1077 ELSE 1023 END AS VARCHAR)`;
  return `CASE WHEN ${value} = 0 THEN '0' WHEN NOT isfinite(${value}) THEN CASE WHEN isnan(${value}) THEN 'nan' WHEN ${value} > 0 THEN 'inf' ELSE '-inf' END
    ELSE CASE WHEN ${value} < 0 THEN '-' ELSE '' END || ${mantissa} || 'e' || ${exponent} END`;
}

function dateText(value: string): string {
  return `CASE WHEN ${value} >= DATE '0001-01-01' OR isinf(${value}) THEN CAST(${value} AS VARCHAR) ELSE ${yearText(value)} || strftime(${value}, '-%m-%d') END`;
}

function timestampText(value: string): string {
  return `CASE WHEN ${value} >= TIMESTAMP '0001-01-01' OR isinf(${value}) THEN strftime(${value}, '%Y-%m-%d %H:%M:%S.%f')
    ELSE ${yearText(value)} || strftime(${value}, '-%m-%d %H:%M:%S.%f') END`;
}

/** DuckDB counts years as astronomers do: 0 is 1 BC. */
function yearText(value: string): string {
  const digits = `CAST(abs(year(${value})) AS VARCHAR)`;
  return `CASE WHEN year(${value}) < 0 THEN '-' ELSE '' END || lpad(${digits}, greatest(4, CAST(length(${digits}) AS INTEGER)), '0')`;
}

function timeText(text: string): string {
  return `CASE WHEN length(${text}) = 8 THEN ${text} || '.000000' ELSE rpad(${text}, 15, '0') END`;
}

/** The wall clock of an instant in UTC, whatever the session's time zone is; epoch_us of an infinity is NULL. */
function utcReading(expression: string): string {
  const value = `CAST(${expression} AS TIMESTAMPTZ)`;
  return `CASE WHEN isinf(${value}) THEN CASE WHEN ${value} > 'epoch'::TIMESTAMPTZ THEN 'infinity'::TIMESTAMP ELSE '-infinity'::TIMESTAMP END ELSE make_timestamp(epoch_us(${value})) END`;
}
