import type { ExportRequest, ExportResult } from '@millrace/connector-sdk';
import { writeWorkbook } from '@millrace/connector-sdk/workbook';
import { exportSelect, FILE_OPTIONS, sheetColumns } from '@millrace/sql';

import { decodeText } from '../warehouse/exact-text.ts';
import { text } from '../warehouse/names.ts';
import { PassingFiles } from '../warehouse/passing-files.ts';
import type { Session } from '../warehouse/session.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { toQueryFailure } from './query-failure.ts';
import { asTexts, describeColumns } from './query-warehouse.ts';

const PROGRESS_MS = 250;

/** Writes an answer to a file, from the locked instance in a transaction that only reads. */
export async function exportQuery(
  warehouse: Warehouse,
  request: ExportRequest,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ExportResult> {
  using session = await warehouse.session('destination', signal);
  await using passing = await PassingFiles.open(warehouse.filesRoot);
  await session.run('BEGIN TRANSACTION READ ONLY', signal);
  const readable = request.tables ?? warehouse.catalog.publications.map(({ table }) => table);
  const { sql, tables } = await checkStatement(session, request.sql, readable, signal);
  const { connection } = session;
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage >= 0) onProgress(percentage / 100);
  }, PROGRESS_MS);
  try {
    const statements = await session.cancellable(signal, () => connection.extractStatements(sql));
    const statement = await session.cancellable(signal, () => statements.prepare(0));
    const columns = describeColumns(statement);
    statement.destroySync();
    const path = passing.pathOf('export');
    const isForSheets = request.format === 'csv' && !request.isRaw;
    const rows =
      request.format === 'xlsx'
        ? await writeWorkbook(path, sheetColumns(columns), streamTexts(session, sql, columns.length, signal))
        : await session.change(
            `COPY (${exportSelect(`query(${text(sql)})`, columns, isForSheets)}) TO ${text(path)} (${FILE_OPTIONS[request.format]})`,
            signal,
          );
    await passing.takeOut('export', request.path);
    return { rows, tables };
  } catch (error) {
    throw toQueryFailure(error);
  } finally {
    clearInterval(timer);
  }
}

async function* streamTexts(
  session: Session,
  sql: string,
  columnCount: number,
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly (string | null)[])[]> {
  const result = await session.cancellable(signal, () =>
    session.connection.stream(asTexts(sql, columnCount)),
  );
  for (;;) {
    const chunk = await session.cancellable(signal, () => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getRows().map((row) => row.map(decodeText));
  }
}
