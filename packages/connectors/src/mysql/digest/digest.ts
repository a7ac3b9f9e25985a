import { hash } from 'node:crypto';

import {
  type BucketDigest,
  type DigestField,
  type DigestFilter,
  type DigestRequest,
  PipelineError,
  type RowDigest,
} from '@millrace/connector-sdk';
import { type Field, formatTableName, type LogicalTypeKind } from '@millrace/spec';
import { mysqlDialect, quoteIdentifier, quoteTable, quoteText } from '@millrace/sql';

import type { Role } from '../errors.ts';
import type { MysqlConnection } from '../protocol/connection.ts';
import { typedLiteral } from '../read/statement.ts';
import type { MysqlSession } from '../session.ts';
import { canonicalText, isReadable } from './canonical-text.ts';

/** Sums of row hashes by bucket, in one scan on the server. */
export async function digestTable(
  session: MysqlSession,
  request: DigestRequest,
  role: Role,
): Promise<readonly BucketDigest[]> {
  const { connection } = session;
  const parts = digestParts(request, role);
  if (!(await session.hasMd5())) return digestHere(connection, request, parts, role);
  const rows = await connection.query(
    `SELECT b, COUNT(*), COUNT(h), SUM(h)
      FROM (SELECT ${hashOf(parts.keyText)} & ${request.buckets - 1} AS b, ${hashOf(parts.rowText)} AS h FROM ${parts.source}) AS hashes
      GROUP BY b ORDER BY b`,
  );
  return rows.map(([bucket, count, hashed, sum]) => {
    if (count !== hashed) throw tooLong(request, role);
    return { bucket: Number(bucket), rows: BigInt(count ?? 0), sum: BigInt.asUintN(64, BigInt(sum ?? 0)) };
  });
}

/** Key and hash of each row in the given buckets, as the server sends them. */
export async function* digestTableRows(
  session: MysqlSession,
  request: DigestRequest,
  inBuckets: readonly number[],
  role: Role,
): AsyncGenerator<RowDigest, void, undefined> {
  if (inBuckets.length === 0) return;
  const { connection } = session;
  const parts = digestParts(request, role);
  const keys = parts.keyTexts.map((text, index) => `, ${text} AS k${index}`).join('');
  const hasMd5 = await session.hasMd5();
  if (hasMd5) {
    connection.send(
      `SELECT h${parts.keyTexts.map((_, index) => `, k${index}`).join('')}
        FROM (SELECT ${hashOf(parts.keyText)} & ${request.buckets - 1} AS b, ${hashOf(parts.rowText)} AS h${keys} FROM ${parts.source}) AS hashes
        WHERE b IN (${inBuckets.join(', ')})`,
    );
    for await (const [hash, ...key] of connection.streamRows()) {
      if (hash === null || hash === undefined) throw tooLong(request, role);
      yield { key: key.map((text) => text ?? ''), hash: BigInt(hash) };
    }
    return;
  }
  const wanted = new Set(inBuckets);
  connection.send(`SELECT ${parts.rowText}, ${parts.keyText}${keys} FROM ${parts.source}`);
  for await (const [rowText, keyText, ...key] of connection.streamRows()) {
    if (wanted.has(bucketOf(keyText, request, role))) {
      yield { key: key.map((text) => text ?? ''), hash: hashHere(rowText, request, role) };
    }
  }
}

/** MySQL 9.6 moved MD5 into a component that few servers have; the texts are hashed here then. */
async function digestHere(
  connection: MysqlConnection,
  request: DigestRequest,
  parts: DigestParts,
  role: Role,
): Promise<readonly BucketDigest[]> {
  const sums = new Map<number, { rows: bigint; sum: bigint }>();
  connection.send(
    `SELECT ${parts.rowText}${parts.keyTexts.length === 0 ? '' : `, ${parts.keyText}`} FROM ${parts.source}`,
  );
  for await (const [rowText, keyText = rowText] of connection.streamRows()) {
    const bucket = bucketOf(keyText, request, role);
    const known = sums.get(bucket) ?? { rows: 0n, sum: 0n };
    known.rows += 1n;
    known.sum += hashHere(rowText, request, role);
    sums.set(bucket, known);
  }
  return [...sums]
    .toSorted(([left], [right]) => left - right)
    .map(([bucket, { rows, sum }]) => ({ bucket, rows, sum: BigInt.asUintN(64, sum) }));
}

function bucketOf(keyText: string | null | undefined, request: DigestRequest, role: Role): number {
  return Number(hashHere(keyText, request, role) & BigInt(request.buckets - 1));
}

function hashHere(text: string | null | undefined, request: DigestRequest, role: Role): bigint {
  if (text === null || text === undefined) throw tooLong(request, role);
  return BigInt(`0x${hash('md5', text, 'hex').slice(0, 16)}`);
}

interface DigestParts {
  /** Canonical text of each key column. */
  readonly keyTexts: readonly string[];
  /** Text of the row, and of what picks its bucket. */
  readonly rowText: string;
  readonly keyText: string;
  readonly source: string;
}

function digestParts(request: DigestRequest, role: Role): DigestParts {
  const keyFields = request.key.map((name) => {
    const field = request.fields.find((each) => each.name === name);
    if (field === undefined)
      throw new RangeError(`The key column ${name} is not among the columns to digest.`);
    return field;
  });
  const rowText = framedText(request.fields);
  const conditions = [
    ...(role === 'source' ? request.fields.flatMap((field) => isReadable(field) ?? []) : []),
    ...(request.where === undefined ? [] : [filterCondition(request.where, request.fields)]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return {
    keyTexts: keyFields.map(canonicalText),
    rowText,
    keyText: keyFields.length === 0 ? rowText : framedText(keyFields),
    source: `${quoteTable(mysqlDialect, request.table)}${where}`,
  };
}

/** NULL when the text is longer than max_allowed_packet. */
function framedText(fields: readonly DigestField[]): string {
  const framed = fields.map((field) => {
    const text = canonicalText(field);
    const length = FIXED_LENGTHS[field.type.kind] ?? `LENGTH(${text})`;
    return `IF(${quoteIdentifier(mysqlDialect, field.name)} IS NULL, '~|', CONCAT(${length}, ':', ${text}, '|'))`;
  });
  return `CONCAT(${framed.join(', ')})`;
}

/** Bytes of canonical texts that are always of one length; the server would compute such a text twice to measure it. */
const FIXED_LENGTHS: Partial<Record<LogicalTypeKind, number>> = {
  boolean: 1,
  date: 10,
  timestamp: 26,
  time: 15,
  uuid: 36,
};

function hashOf(text: string): string {
  return `CAST(CONV(LEFT(MD5(${text}), 16), 16, 10) AS UNSIGNED)`;
}

function filterCondition(filter: DigestFilter, fields: readonly Field[]): string {
  const column = quoteIdentifier(mysqlDialect, filter.column);
  switch (filter.kind) {
    case 'isNull':
      return `${column} IS NULL`;
    case 'isTrue':
      return `${column} = 1`;
    case 'atMost': {
      const field = fields.find(({ name }) => name === filter.column);
      return `${column} <= ${field === undefined ? quoteText(mysqlDialect, filter.value) : typedLiteral(field, filter.value)}`;
    }
  }
}

function tooLong(request: DigestRequest, role: Role): PipelineError {
  return new PipelineError({
    code: 'queryFailed',
    blame: role,
    retry: 'never',
    message: `A row of ${formatTableName(request.table)} is longer than the server's max_allowed_packet lets it compute with. Raise max_allowed_packet, or leave the long columns out of the comparison.`,
  });
}
