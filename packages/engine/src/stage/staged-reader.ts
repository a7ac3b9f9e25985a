import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type DelimitedFormat,
  type StagedFile,
  type StagedReader,
  type StagedValue,
  throwIfCancelled,
} from '@millrace/connector-sdk';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { StagingDatabase } from './staging-database.ts';

/** Offers staged files to destinations that do not read Parquet themselves. Text files pass through `scratchFolder`. */
export function createStagedReader(database: StagingDatabase, scratchFolder: string): StagedReader {
  return {
    async *delimited(file, select, format, signal) {
      throwIfCancelled(signal);
      const path = join(scratchFolder, `${database.uniqueName('text')}.csv`);
      try {
        await database.execute(
          copyStatement(file, select, await quotedColumns(database, file, select), format, path),
        );
        for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
          throwIfCancelled(signal);
          yield chunk as Buffer;
        }
      } finally {
        await rm(path, { force: true });
      }
    },
    async *values(file, select, signal) {
      yield* streamValues(database, file, select, signal);
    },
  };
}

/** Types whose text holds no quote, no delimiter and no word for NULL: quoting it costs both sides time. */
const PLAIN_TYPE =
  /^(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT)|DECIMAL\(.*|FLOAT|DOUBLE|BOOLEAN|DATE|TIME|TIMESTAMP.*|UUID)$/;

async function quotedColumns(
  database: StagingDatabase,
  file: StagedFile,
  select: readonly string[],
): Promise<string[]> {
  const types = await describeSelect(database, file, select);
  return types.flatMap((type, index) => (PLAIN_TYPE.test(type) ? [] : [`c${index}`]));
}

async function describeSelect(
  database: StagingDatabase,
  file: StagedFile,
  select: readonly string[],
): Promise<string[]> {
  const list = select.map((expression, index) => `${expression} AS c${index}`).join(', ');
  const rows = await database.query(`DESCRIBE SELECT ${list} FROM ${StagingDatabase.parquetOf([file.path])}`);
  return rows.map((row) => String(row['column_type']));
}

function copyStatement(
  file: StagedFile,
  select: readonly string[],
  quoted: readonly string[],
  format: DelimitedFormat,
  path: string,
): string {
  const source = StagingDatabase.parquetOf([file.path]);
  const text = (value: string) => quoteText(duckdbDialect, value);
  return (
    `COPY (SELECT ${select.map((expression, index) => `${expression} AS c${index}`).join(', ')} FROM ${source}) TO ${text(path)} ` +
    `(FORMAT csv, HEADER false, ${quoted.length === 0 ? '' : `FORCE_QUOTE (${quoted.join(', ')}), `}DELIMITER ${text(format.delimiter)}, QUOTE ${text(format.quote)}, ` +
    `ESCAPE ${text(format.escape)}, NULLSTR ${text(format.nullText)})`
  );
}

async function* streamValues(
  database: StagingDatabase,
  file: StagedFile,
  select: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly StagedValue[])[]> {
  const source = StagingDatabase.parquetOf([file.path]);
  const types = await describeSelect(database, file, select);
  const isBytes = types.map((type) => type === 'BLOB');
  // Text crosses as UTF-8 bytes: the driver drops a leading U+FEFF from VARCHAR.
  const columns = select.map((expression, index) =>
    isBytes[index] ? `${expression} AS c${index}` : `encode(CAST(${expression} AS VARCHAR)) AS c${index}`,
  );
  const connection = await database.connect();
  try {
    const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${source}`);
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const values = isBytes.map((bytes, column) =>
        chunk.getColumnValues(column).map((cell) => toStagedValue(cell, bytes)),
      );
      yield Array.from({ length: chunk.rowCount }, (_, row) => values.map((column) => column[row] ?? null));
    }
  } finally {
    connection.closeSync();
  }
}

function toStagedValue(cell: unknown, isBytes: boolean): StagedValue {
  if (cell === null || cell === undefined) return null;
  const { bytes } = cell as { readonly bytes: Uint8Array };
  return isBytes ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
