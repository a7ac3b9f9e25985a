import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { ParquetFile } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { StagingDatabase } from '../stage/staging-database.ts';
import type { KnownRows } from './known-rows.ts';
import { cursorColumn, numbered, windowRows } from './parquet-window.ts';

/** The file without the rows that an earlier load appended already; undefined when that leaves none. */
export async function dropKnownParquetRows(
  database: StagingDatabase,
  known: KnownRows,
  file: ParquetFile,
  cursor: SourceField,
  scratchFolder: string,
  signal: AbortSignal,
): Promise<ParquetFile | undefined> {
  if (known.isEmpty || file.rows === 0) return file;
  const name = join(scratchFolder, database.uniqueName('known'));
  const listPath = `${name}.csv`;
  const before = known.dropped;
  try {
    const list = await open(listPath, 'w');
    try {
      const hasValue = `${cursorColumn(cursor)} IS NOT NULL`;
      for await (const rows of windowRows(database, file, cursor, known.hashedFields, hasValue, signal)) {
        const dropped = rows.filter(
          ({ value, hash }) => value !== undefined && known.isAtOrBelowMark(value) && known.take(hash),
        );
        await list.writeFile(dropped.map((row) => `${row.number}\n`).join(''));
      }
    } finally {
      await list.close();
    }
    const rows = file.rows - (known.dropped - before);
    if (rows === file.rows) return file;
    const path = `${name}.parquet`;
    const isDropped = `__millrace_row IN (FROM read_csv(${text(listPath)}, header = false, columns = {'n': 'BIGINT'}))`;
    if (rows > 0) {
      await database.execute(
        `COPY (SELECT * EXCLUDE (__millrace_row) FROM ${numbered(file)} WHERE NOT ${isDropped}) TO ${text(path)} (FORMAT parquet)`,
      );
    }
    if (file.isTemporary) await rm(file.path, { force: true });
    return rows === 0 ? undefined : { kind: 'parquet', path, rows, isTemporary: true };
  } finally {
    await rm(listPath, { force: true });
  }
}

function text(path: string): string {
  return quoteText(duckdbDialect, path);
}
