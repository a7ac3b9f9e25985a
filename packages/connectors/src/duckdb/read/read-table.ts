import { statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import {
  PipelineError,
  throwIfCancelled,
  type ParquetFile,
  type ReadRequest,
  type ReadResult,
  type ValueMatch,
} from '@millrace/connector-sdk';
import type { SourceField, SourceTable } from '@millrace/spec';
import { canonicalText } from '@millrace/sql';

import { readExpression } from '../native-field.ts';
import { nativeType } from '../types.ts';
import { identifier, qualifiedName, text } from '../warehouse/names.ts';
import type { PassingFiles } from '../warehouse/passing-files.ts';
import type { Session } from '../warehouse/session.ts';
import { cursorCondition } from './cursor-bound.ts';

/**
 * Copies the rows of a request into one Parquet file of the attempt; rows and high mark come from one transaction. A locked instance
 * cannot write there: it writes into `passing`.
 */
export async function* readTable(
  session: Session,
  request: ReadRequest,
  signal: AbortSignal,
  passing?: PassingFiles,
): AsyncGenerator<ParquetFile, ReadResult, undefined> {
  const { rows, cursorField, statement } = planRead(request);
  const name = `${randomUUID()}.parquet`;
  const path = join(request.scratchFolder, name);
  const written = passing === undefined ? path : passing.pathOf(name);
  const { rowsSent, highMark } = await session.transaction(signal, async () => ({
    rowsSent: await session.change(`COPY (${statement}) TO ${text(written)} (FORMAT parquet)`, signal),
    highMark:
      cursorField === undefined
        ? null
        : ((
            await session.texts(
              `SELECT ${canonicalText(cursorField.type, `max(${identifier(cursorField.name)})`)} ${rows}`,
              signal,
            )
          )[0]?.[0] ?? null),
  }));
  await passing?.takeOut(name, path);
  const bytesReceived = statSync(path).size;
  yield { kind: 'parquet', path, rows: rowsSent, isTemporary: true };
  throwIfCancelled(signal);
  return { rowsSent, bytesReceived, highMark, position: {}, statement };
}

interface PlannedRead {
  /** From FROM on. */
  readonly rows: string;
  readonly cursorField: SourceField | undefined;
  readonly statement: string;
}

export function planRead({ table, fields, cursor, matching, maxRows }: ReadRequest): PlannedRead {
  const cursorField = cursor === null ? undefined : table.fields.find(({ name }) => name === cursor.column);
  if (cursor !== null && cursorField === undefined) {
    throw new PipelineError({
      code: 'columnMissing',
      blame: 'config',
      retry: 'never',
      message: `${table.table.name} has no column ${cursor.column} to be its cursor. Choose another one.`,
    });
  }
  const conditions = [
    cursor === null || cursorField === undefined ? undefined : cursorCondition(cursorField, cursor),
    matching === undefined ? undefined : matchCondition(table, matching),
  ].filter((condition) => condition !== undefined);
  const rows = `FROM ${qualifiedName(table.table)}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
  const columns = fields.map(
    (field) => `${readExpression(field, identifier(field.name))} AS ${identifier(field.name)}`,
  );
  const limit = maxRows === undefined ? '' : ` LIMIT ${maxRows}`;
  return { rows, cursorField, statement: `SELECT ${columns.join(', ')} ${rows}${limit}` };
}

function matchCondition(table: SourceTable, { column, values }: ValueMatch): string {
  const field = table.fields.find(({ name }) => name === column);
  if (field === undefined || values.length === 0) return 'false';
  const literals = values.map((value) => `CAST(${text(value)} AS ${nativeType(field.type)})`);
  return `${identifier(column)} IN (${literals.join(', ')})`;
}
