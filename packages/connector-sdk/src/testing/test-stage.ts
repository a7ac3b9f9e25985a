import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { DelimitedFormat, StagedFile, StagedReader, StagedValue } from '../destination.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Staged files as the engine makes and reads them, for tests of a destination alone. */
export interface TestStage extends AsyncDisposable {
  readonly reader: StagedReader;
  /** Stages the rows of a DuckDB query. */
  file(selectSql: string): Promise<StagedFile>;
  /** Whether a DuckDB predicate over `{column}` is true for a value. */
  isTrue(predicate: string, value: string): Promise<boolean>;
}

export async function testStage(): Promise<TestStage> {
  const folder = temporaryFolder('stage');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  let count = 0;
  const path = (kind: string): string => join(folder.path, `${count++}.${kind}`);
  const text = (value: string): string => quoteText(duckdbDialect, value);
  return {
    async file(selectSql) {
      const to = path('parquet');
      await connection.run(`COPY (${selectSql}) TO ${text(to)} (FORMAT parquet)`);
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${text(to)})`);
      const bytes = await readFile(to);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { path: to, rows: Number(counted.getRows()[0]?.[0]), sizeBytes: bytes.length, sha256 };
    },
    async isTrue(predicate, value) {
      const condition = predicate.replaceAll('{column}', 'v');
      const found = await connection.runAndReadAll(`SELECT ${condition} FROM (SELECT ${value} AS v)`);
      return found.getRows()[0]?.[0] === true;
    },
    reader: {
      async *delimited(file: StagedFile, select: readonly string[], format: DelimitedFormat) {
        const to = path('csv');
        const list = select.map((expression, index) => `${expression} AS c${index}`).join(', ');
        await connection.run(
          `COPY (SELECT ${list} FROM read_parquet(${text(file.path)})) TO ${text(to)} (FORMAT csv, HEADER false, FORCE_QUOTE *, DELIMITER ${text(format.delimiter)}, QUOTE ${text(format.quote)}, ESCAPE ${text(format.escape)}, NULLSTR ${text(format.nullText)})`,
        );
        yield* createReadStream(to, { highWaterMark: 64 * 1024 });
        await rm(to);
      },
      async *values(file, select) {
        const from = `FROM read_parquet(${text(file.path)})`;
        const types = await connection.runAndReadAll(
          `DESCRIBE SELECT ${select.map((expression, index) => `${expression} AS c${index}`).join(', ')} ${from}`,
        );
        const isBytes = types.getRows().map((row) => row[1] === 'BLOB');
        const columns = select.map((expression, index) =>
          isBytes[index] === true ? expression : `encode(CAST(${expression} AS VARCHAR))`,
        );
        const result = await connection.runAndReadAll(`SELECT ${columns.join(', ')} ${from}`);
        yield result.getRows().map((row) => row.map((cell, index) => valueOf(cell, isBytes[index] === true)));
      },
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      folder.remove();
    },
  };
}

function valueOf(cell: unknown, isBytes: boolean): StagedValue {
  if (cell === null || cell === undefined) return null;
  if (typeof cell !== 'object' || !('bytes' in cell) || !(cell.bytes instanceof Uint8Array))
    throw new Error('expected bytes');
  return isBytes ? cell.bytes : Buffer.from(cell.bytes).toString('utf8');
}
