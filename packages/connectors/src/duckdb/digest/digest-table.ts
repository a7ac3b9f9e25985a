import type { BucketDigest, DigestFilter, DigestRequest, RowDigest } from '@millrace/connector-sdk';
import { bucketDigestSql, rowDigestSql, type DuckdbDigest } from '@millrace/sql';

import { decodeText } from '../warehouse/exact-text.ts';
import { readExpression } from '../native-field.ts';
import { identifier, qualifiedName, text } from '../warehouse/names.ts';
import type { Session } from '../warehouse/session.ts';

/** One scan of a table or view: see `Digestible`. */
export async function digestTable(
  session: Session,
  request: DigestRequest,
  signal: AbortSignal,
): Promise<readonly BucketDigest[]> {
  const rows = await session.texts(bucketDigestSql(toDigest(request)), signal);
  return rows.map(([bucket, count, sum]) => ({
    bucket: Number(bucket),
    rows: BigInt(count ?? '0'),
    sum: BigInt.asUintN(64, BigInt(sum ?? '0')),
  }));
}

export async function* digestRowsOfTable(
  session: Session,
  request: DigestRequest,
  inBuckets: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<RowDigest> {
  if (inBuckets.length === 0) return;
  const result = await session.cancellable(signal, () =>
    session.connection.stream(rowDigestSql(toDigest(request), inBuckets)),
  );
  for (;;) {
    const chunk = await session.cancellable(signal, () => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) return;
    for (const [hash, ...key] of chunk.getRows())
      yield { hash: BigInt(String(hash)), key: key.map((text) => decodeText(text) ?? '') };
  }
}

function toDigest(request: DigestRequest): DuckdbDigest {
  return {
    relation: qualifiedName(request.table),
    columns: request.fields.map(({ name, type, nativeType }) => ({
      name,
      type,
      ...(nativeType === undefined ? {} : { expression: readExpression({ nativeType }, identifier(name)) }),
    })),
    key: request.key,
    buckets: request.buckets,
    ...(request.where === undefined ? {} : { where: toCondition(request.where) }),
  };
}

function toCondition(filter: DigestFilter): string {
  const column = identifier(filter.column);
  switch (filter.kind) {
    case 'isNull':
      return `${column} IS NULL`;
    case 'isTrue':
      return column;
    case 'atMost':
      return `${column} <= ${text(filter.value)}`;
  }
}
