import type {
  BucketDigest,
  DigestField,
  DigestFilter,
  DigestRequest,
  RowDigest,
} from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';
import { postgresDialect, quoteTable } from '@millrace/sql';

import type { Session } from '../session/session.ts';
import { canonicalText, columnOf, literalOf } from './canonical-text.ts';

const FETCHED_ROWS = 20_000;

/** One scan: rows and sum of row hashes per bucket. */
export async function digestBuckets(
  session: Session,
  request: DigestRequest,
  signal: AbortSignal,
): Promise<readonly BucketDigest[]> {
  const { hash, bucket, from } = parts(session, request);
  // Hashes are signed here; their sum modulo 2^64 is the same.
  const sql = `SELECT bucket, count(*), sum(hash) FROM (SELECT ${bucket} AS bucket, ${hash} AS hash FROM ${from}) AS rows GROUP BY bucket ORDER BY bucket`;
  const rows = await session.query(sql, `Digesting ${formatTableName(request.table)}`, signal);
  return rows.map(([number, count, sum]) => ({
    bucket: Number(number),
    rows: BigInt(count ?? '0'),
    sum: BigInt.asUintN(64, BigInt(sum ?? '0')),
  }));
}

/** Keys and hashes of the rows in some buckets, fetched in portions from one snapshot. */
export async function* digestRowsIn(
  session: Session,
  request: DigestRequest,
  inBuckets: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<RowDigest> {
  if (inBuckets.length === 0) return;
  const subject = `Digesting ${formatTableName(request.table)}`;
  const { hash, bucket, from } = parts(session, request);
  const keys = request.key.map((name) => canonicalText(columnOf({ name }), fieldOf(request, name)));
  const select = `SELECT ${[hash, ...keys].join(', ')} FROM ${from} AND ${bucket} = ANY ('{${inBuckets.join(',')}}'::bigint[])`;
  let isComplete = false;
  await session.run(`BEGIN READ ONLY; DECLARE differing NO SCROLL CURSOR FOR ${select}`, subject, signal);
  try {
    for (;;) {
      const rows = await session.query(`FETCH ${FETCHED_ROWS} FROM differing`, subject, signal);
      for (const [value, ...key] of rows) {
        yield { key: key.map((text) => text ?? ''), hash: BigInt.asUintN(64, BigInt(value ?? '0')) };
      }
      if (rows.length < FETCHED_ROWS) break;
    }
    await session.run('COMMIT', subject, signal);
    isComplete = true;
  } finally {
    if (!isComplete) session.abandon();
  }
}

function parts(session: Session, request: DigestRequest): { hash: string; bucket: string; from: string } {
  const hash = hashOf(session, request.fields);
  const keyHash =
    request.key.length === 0
      ? hash
      : hashOf(
          session,
          request.key.map((name) => fieldOf(request, name)),
        );
  const where = request.where === undefined ? 'TRUE' : filterSql(request, request.where);
  return {
    hash,
    bucket: `(${keyHash} & ${request.buckets - 1})`,
    from: `${quoteTable(postgresDialect, request.table)} WHERE ${where}`,
  };
}

/** The first 64 bits of MD5 over the row's text, as the server's signed integer. */
function hashOf(session: Session, fields: readonly DigestField[]): string {
  const text = fields.map((field) => cellText(session, field)).join(' || ') || "''";
  const md5 = session.facts.isUtf8 ? `md5(${text})` : `md5(convert_to(${text}, 'UTF8'))`;
  return `('x' || left(${md5}, 16))::bit(64)::bigint`;
}

function cellText(session: Session, field: DigestField): string {
  const column = columnOf(field);
  const text = canonicalText(column, field);
  const length = session.facts.isUtf8 ? `octet_length(${text})` : `octet_length(convert_to(${text}, 'UTF8'))`;
  // A composite value with a NULL inside is not "IS NOT NULL"; to be told apart it must be counted.
  const hasValue =
    field.detail?.['baseType'] === '' ? `num_nonnulls(${column}) = 1` : `${column} IS NOT NULL`;
  return `coalesce(CASE WHEN ${hasValue} THEN ${length} || ':' || ${text} END, '~') || '|'`;
}

function fieldOf(request: DigestRequest, name: string): DigestField {
  const field = request.fields.find((each) => each.name === name);
  if (field === undefined) throw new RangeError(`The digest's key column ${name} is not among its fields.`);
  return field;
}

function filterSql(request: DigestRequest, filter: DigestFilter): string {
  const column = columnOf({ name: filter.column });
  switch (filter.kind) {
    case 'isNull':
      return `${column} IS NULL`;
    case 'isTrue':
      return `${column} IS TRUE`;
    case 'atMost':
      return `${column} <= ${literalOf(filter.value, fieldOf(request, filter.column).type)}`;
  }
}
