import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { DelimitedFormat, StagedFile, StagedReader } from '@millrace/connector-sdk';
import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { duckdbDialect, quoteText } from '@millrace/sql';

/** Writes Parquet files and offers them the way the engine does. */
export interface TestStage extends AsyncDisposable {
  readonly reader: StagedReader;
  file(selectSql: string): Promise<StagedFile>;
}

export async function testStage(): Promise<TestStage> {
  const folder = temporaryFolder('mysql-stage');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  let count = 0;
  const path = (kind: string): string => join(folder.path, `${count++}.${kind}`);
  const text = (value: string): string => quoteText(duckdbDialect, value);
  return {
    async file(selectSql) {
      const to = path('parquet');
      await connection.run(`COPY (${selectSql}) TO ${text(to)} (FORMAT parquet)`);
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${text(to)})`);
      return {
        path: to,
        rows: Number(counted.getRows()[0]?.[0]),
        sizeBytes: (await stat(to)).size,
        sha256: '',
      };
    },
    reader: {
      async *delimited(file: StagedFile, select: readonly string[], format: DelimitedFormat) {
        const to = path('csv');
        await connection.run(
          `COPY (SELECT ${select.map((expression, index) => `${expression} AS c${index}`).join(', ')} FROM read_parquet(${text(file.path)})) TO ${text(to)}
            (FORMAT csv, HEADER false, FORCE_QUOTE *, DELIMITER ${text(format.delimiter)}, QUOTE ${text(format.quote)}, ESCAPE ${text(format.escape)}, NULLSTR ${text(format.nullText)})`,
        );
        yield* createReadStream(to, { highWaterMark: 64 * 1024 });
        await rm(to);
      },
      async *values(file, select) {
        const columns = select.map(
          (expression, index) =>
            `encode(CAST(${expression} AS VARCHAR)) AS c${index}, typeof(${expression}) = 'BLOB' AS b${index}, ${expression} AS r${index}`,
        );
        const result = await connection.runAndReadAll(
          `SELECT ${columns.join(', ')} FROM read_parquet(${text(file.path)})`,
        );
        yield result.getRows().map((row) =>
          select.map((_, index) => {
            const [encoded, isBytes, raw] = row.slice(index * 3, index * 3 + 3);
            const blob = isBytes === true ? raw : encoded;
            if (blob === null || blob === undefined) return null;
            if (typeof blob !== 'object' || !('bytes' in blob) || !(blob.bytes instanceof Uint8Array))
              throw new Error('bytes were expected');
            return isBytes === true ? blob.bytes : Buffer.from(blob.bytes).toString('utf8');
          }),
        );
      },
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      folder.remove();
    },
  };
}
