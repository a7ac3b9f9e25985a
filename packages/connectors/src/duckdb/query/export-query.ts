import type { ExportRequest, ExportResult, QueryResult } from '@millrace/connector-sdk';

import { decodeText } from '../warehouse/exact-text.ts';
import { identifier, text } from '../warehouse/names.ts';
import { PassingFiles } from '../warehouse/passing-files.ts';
import type { Session } from '../warehouse/session.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { toQueryFailure } from './query-failure.ts';
import { asTexts, describeColumns } from './query-warehouse.ts';
import { writeWorkbook, type SheetColumn } from './write-workbook.ts';

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
    const rows =
      request.format === 'xlsx'
        ? await writeWorkbook(path, sheetColumns(columns), streamTexts(session, sql, columns.length, signal))
        : await session.change(
            `COPY (${selectFor(request, sql, columns)}) TO ${text(path)} (${OPTIONS[request.format]})`,
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

function sheetColumns(columns: QueryResult['columns']): readonly SheetColumn[] {
  const names = uniqueNames(columns.map(({ name }) => name));
  return columns.map(({ type }, index) => ({ name: names[index] ?? '', isNumber: NUMBER.test(type) }));
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE)$/u;

const OPTIONS: Readonly<Record<Exclude<ExportRequest['format'], 'xlsx'>, string>> = {
  csv: 'FORMAT csv, HEADER true',
  json: 'FORMAT json, ARRAY true',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

/** Types whose text cannot be taken for a formula, except for the sign of a number, which is one. */
const PLAIN =
  /^(?:BOOLEAN|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP.*|TIME WITH TIME ZONE|UUID|INTERVAL)$/u;

/** As spreadsheets read them, also in full width. */
const FORMULA = '^[=+\\-@\\t\\r\\n＝＋－＠]';

function selectFor({ format, isRaw }: ExportRequest, sql: string, columns: QueryResult['columns']): string {
  const names = uniqueNames(columns.map(({ name }) => name));
  const isForSheets = format === 'csv' && !isRaw;
  const values = columns.map(({ type }, index) => {
    const value = `c${index}`;
    const shown = identifier(isForSheets ? neutralName(names[index] ?? '') : (names[index] ?? ''));
    if (!isForSheets || PLAIN.test(type)) return `${value} AS ${shown}`;
    const said = `CAST(${value} AS VARCHAR)`;
    return `CASE WHEN regexp_matches(${said}, ${text(FORMULA)}) THEN '''' || ${said} ELSE ${said} END AS ${shown}`;
  });
  const aliases = columns.map((_, index) => `c${index}`);
  return `SELECT ${values.join(', ')} FROM query(${text(sql)}) AS answer(${aliases.join(', ')})`;
}

function neutralName(name: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(name) ? `'${name}` : name;
}

/** A file's columns have names of their own, whatever the case. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name === '' ? 'column' : name;
    for (let count = 2; taken.has(unique.toLowerCase()); count++) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
