import type { DatabaseSync } from 'node:sqlite';

import {
  PipelineError,
  throwIfCancelled,
  type PublishRequest,
  type StagedFile,
} from '@millrace/connector-sdk';
import { formatTableName, type Field } from '@millrace/spec';

import { quote } from '../quote.ts';
import { destinationType } from '../types.ts';
import { sqliteValueOf, stagedText } from './staged-value.ts';

/** Temporary tables live in a file of their own: loading them takes no lock on the database. */
export const STAGED = 'temp._millrace_staged';
export const DELETED = 'temp._millrace_deleted';

export function createStaging(database: DatabaseSync, table: string, fields: readonly Field[]): void {
  database.exec(`DROP TABLE IF EXISTS ${table}`);
  const columns = fields.map((field) => `${quote(field.name)} ${destinationType(field.type).native}`);
  database.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
}

/** Loads one staged file into a temporary table and checks that every row arrived. */
export async function stageFile(
  database: DatabaseSync,
  table: string,
  fields: readonly Field[],
  file: StagedFile,
  request: PublishRequest,
  signal: AbortSignal,
): Promise<void> {
  const insert = database.prepare(`INSERT INTO ${table} VALUES (${fields.map(() => '?').join(', ')})`);
  const convert = fields.map((field) => sqliteValueOf(field.type));
  let rows = 0;
  for await (const block of request.reader.values(file, fields.map(stagedText), signal)) {
    throwIfCancelled(signal);
    // No await between BEGIN and COMMIT: the connection is used by nobody else meanwhile.
    database.exec('BEGIN');
    try {
      for (const row of block) insert.run(...convert.map((toValue, index) => toValue(row[index] ?? null)));
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
    rows += block.length;
  }
  if (rows === file.rows) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'platform',
    retry: 'backoff',
    message: `Publishing ${formatTableName(request.table)} failed: ${file.path} has ${file.rows} rows, but ${rows} arrived. Nothing was published; it is tried again.`,
  });
}
