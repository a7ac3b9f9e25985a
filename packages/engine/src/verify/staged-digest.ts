import {
  throwIfCancelled,
  type BucketDigest,
  type DigestRequest,
  type Digestible,
  type RowDigest,
  type StagedFile,
} from '@millrace/connector-sdk';
import { bucketDigestSql, rowDigestSql, type DuckdbDigest } from '@millrace/sql';

import { StagingDatabase } from '../stage/staging-database.ts';

/**
 * Digests of staged files, which stand for a whole table; the table's name in a request does not matter. `relation` says
 * which of their rows count; all of them when it is left out.
 */
export function openStagedDigest(
  database: StagingDatabase,
  files: readonly StagedFile[],
  relation = StagingDatabase.parquetOf(files.map((file) => file.path)),
): Digestible {
  function toSql(request: DigestRequest): DuckdbDigest {
    if (request.where !== undefined) throw new RangeError('Staged files are compared as a whole.');
    const { fields: columns, key, buckets } = request;
    return { relation, columns, key, buckets };
  }
  return {
    async digest(request, signal): Promise<readonly BucketDigest[]> {
      throwIfCancelled(signal);
      if (files.length === 0) return [];
      const rows = await database.query(bucketDigestSql(toSql(request)));
      return rows.map((row) => ({
        bucket: Number(row['bucket']),
        rows: BigInt(String(row['rows'])),
        sum: BigInt.asUintN(64, BigInt(String(row['sum']))),
      }));
    },
    async *digestRows(request, inBuckets, signal): AsyncGenerator<RowDigest> {
      if (files.length === 0) return;
      const connection = await database.connect();
      try {
        const result = await connection.stream(rowDigestSql(toSql(request), inBuckets));
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
