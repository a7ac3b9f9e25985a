import {
  throwIfCancelled,
  type BucketDigest,
  type DigestRequest,
  type Digestible,
  type RowDigest,
} from '@millrace/connector-sdk';
import { bucketDigestSql, rowDigestSql, type DuckdbDigest } from '@millrace/sql';

import type { StagingDatabase } from '../stage/staging-database.ts';

/**
 * Digests of rows in the staging database, which stand for a whole table; the table's name in a request does not matter.
 * `relation` is anything that can follow FROM; there are no rows when it is left out.
 */
export function openStagedDigest(database: StagingDatabase, relation: string | undefined): Digestible {
  function toSql(request: DigestRequest, from: string): DuckdbDigest {
    if (request.where !== undefined) throw new RangeError('Staged files are compared as a whole.');
    const { fields: columns, key, buckets } = request;
    return { relation: from, columns, key, buckets };
  }
  return {
    async digest(request, signal): Promise<readonly BucketDigest[]> {
      throwIfCancelled(signal);
      if (relation === undefined) return [];
      const rows = await database.query(bucketDigestSql(toSql(request, relation)));
      return rows.map((row) => ({
        bucket: Number(row['bucket']),
        rows: BigInt(String(row['rows'])),
        sum: BigInt.asUintN(64, BigInt(String(row['sum']))),
      }));
    },
    async *digestRows(request, inBuckets, signal): AsyncGenerator<RowDigest> {
      if (relation === undefined) return;
      const connection = await database.connect();
      try {
        const result = await connection.stream(rowDigestSql(toSql(request, relation), inBuckets));
        for (;;) {
          throwIfCancelled(signal);
          const chunk = await result.fetchChunk();
          if (chunk === null || chunk.rowCount === 0) return;
          for (const [hash, ...key] of chunk.getRows())
            yield { hash: BigInt(String(hash)), key: key.map(readText) };
        }
      } finally {
        connection.closeSync();
      }
    },
  };
}

/** Key texts come as bytes, because the driver drops a leading U+FEFF from text. */
function readText(value: unknown): string {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('bytes' in value) ||
    !(value.bytes instanceof Uint8Array)
  )
    return '';
  return Buffer.from(value.bytes).toString('utf8');
}
