import type { ExportRequest, ExportResult, QueryResult } from '@millrace/connector-sdk';

import { identifier, text } from '../warehouse/names.ts';
import { PassingFiles } from '../warehouse/passing-files.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { toQueryFailure } from './query-failure.ts';
import { describeColumns } from './query-warehouse.ts';

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
    const copy = `COPY (${selectFor(request, sql, columns)}) TO ${text(passing.pathOf('export'))} (${OPTIONS[request.format]})`;
    const rows = await session.change(copy, signal);
    await passing.takeOut('export', request.path);
    return { rows, tables };
  } catch (error) {
    throw toQueryFailure(error);
  } finally {
    clearInterval(timer);
  }
}

const OPTIONS: Readonly<Record<ExportRequest['format'], string>> = {
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
