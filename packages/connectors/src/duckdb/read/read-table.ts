import { statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import {
  PipelineError,
  throwIfCancelled,
  type ParquetFile,
  type ReadRequest,
  type ReadResult,
} from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { canonicalText } from '@millrace/sql';

import { readExpression } from '../native-field.ts';
import { identifier, qualifiedName, text } from '../warehouse/names.ts';
import type { Session } from '../warehouse/session.ts';
import { cursorCondition } from './cursor-bound.ts';

/** Copies the rows of a request into one Parquet file of the attempt; rows and high mark come from one transaction. */
export async function* readTable(
  session: Session,
  request: ReadRequest,
  signal: AbortSignal,
): AsyncGenerator<ParquetFile, ReadResult, undefined> {
  const { rows, cursorField, statement } = planRead(request);
  const path = join(request.scratchFolder, `${randomUUID()}.parquet`);
  const { rowsSent, highMark } = await session.transaction(signal, async () => ({
    rowsSent: await session.change(`COPY (${statement}) TO ${text(path)} (FORMAT parquet)`, signal),
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

export function planRead({ table, fields, cursor, maxRows }: ReadRequest): PlannedRead {
  const cursorField = cursor === null ? undefined : table.fields.find(({ name }) => name === cursor.column);
  if (cursor !== null && cursorField === undefined) {
    throw new PipelineError({
      code: 'columnMissing',
      blame: 'config',
      retry: 'never',
      message: `${table.table.name} has no column ${cursor.column} to be its cursor. Choose another one.`,
    });
  }
  const condition =
    cursor === null || cursorField === undefined ? undefined : cursorCondition(cursorField, cursor);
  const rows = `FROM ${qualifiedName(table.table)}${condition === undefined ? '' : ` WHERE ${condition}`}`;
  const columns = fields.map(
    (field) => `${readExpression(field, identifier(field.name))} AS ${identifier(field.name)}`,
  );
  const limit = maxRows === undefined ? '' : ` LIMIT ${maxRows}`;
  return { rows, cursorField, statement: `SELECT ${columns.join(', ')} ${rows}${limit}` };
}
