import { type BucketDigest, type DigestFilter, type DigestRequest, PipelineError, type RowDigest } from '@millrace/connector-sdk';
import { type Field, formatTableName } from '@millrace/spec';
import { mysqlDialect, quoteIdentifier, quoteTable, quoteText } from '@millrace/sql';

import type { Role } from '../errors.ts';
import type { MysqlConnection } from '../protocol/connection.ts';
import { typedLiteral } from '../read/statement.ts';
import { canonicalText, isReadable } from './canonical-text.ts';

/** Sums of row hashes by bucket, in one scan on the server. */
export async function digestTable(connection: MysqlConnection, request: DigestRequest, role: Role): Promise<readonly BucketDigest[]> {
  const { bucket, rowHash, source } = digestParts(request, role);
  const rows = await connection.query(
    `SELECT b, COUNT(*), COUNT(h), SUM(h) FROM (SELECT ${bucket} AS b, ${rowHash} AS h FROM ${source}) AS hashes GROUP BY b ORDER BY b`,
  );
  return rows.map(([bucketText, count, hashed, sum]) => {
    if (count !== hashed) throw tooLong(request, role);
    return { bucket: Number(bucketText), rows: BigInt(count ?? 0), sum: BigInt.asUintN(64, BigInt(sum ?? 0)) };
  });
}

/** Key and hash of each row in the given buckets, as the server sends them. */
export async function* digestTableRows(
  connection: MysqlConnection,
  request: DigestRequest,
  inBuckets: readonly number[],
  role: Role,
): AsyncGenerator<RowDigest, void, undefined> {
  if (inBuckets.length === 0) return;
  const { bucket, rowHash, source, keyTexts } = digestParts(request, role);
  const keys = keyTexts.map((text, index) => `, ${text} AS k${index}`).join('');
  connection.send(
    `SELECT h${keyTexts.map((_, index) => `, k${index}`).join('')} FROM (SELECT ${bucket} AS b, ${rowHash} AS h${keys} FROM ${source}) AS hashes
      WHERE b IN (${inBuckets.join(', ')})`,
  );
  for await (const [hash, ...key] of connection.streamRows()) {
    if (hash === null || hash === undefined) throw tooLong(request, role);
    yield { key: key.map((text) => text ?? ''), hash: BigInt(hash) };
  }
}

function digestParts(request: DigestRequest, role: Role) {
  const texts = new Map(request.fields.map((field) => [field.name, canonicalText(field)]));
  const keyTexts = request.key.map((name) => {
    const text = texts.get(name);
    if (text === undefined) throw new RangeError(`The key column ${name} is not among the columns to digest.`);
    return text;
  });
  const rowHash = hashOf([...texts.values()]);
  const keyHash = keyTexts.length === 0 ? rowHash : hashOf(keyTexts);
  const conditions = [
    ...(role === 'source' ? request.fields.flatMap((field) => isReadable(field) ?? []) : []),
    ...(request.where === undefined ? [] : [filterCondition(request.where, request.fields)]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return {
    keyTexts,
    rowHash,
    bucket: `${keyHash} & ${request.buckets - 1}`,
    source: `${quoteTable(mysqlDialect, request.table)}${where}`,
  };
}

function hashOf(texts: readonly string[]): string {
  const framed = texts.map((text) => `IFNULL(CONCAT(LENGTH(${text}), ':', ${text}, '|'), '~|')`);
  return `CAST(CONV(LEFT(MD5(CONCAT(${framed.join(', ')})), 16), 16, 10) AS UNSIGNED)`;
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
