import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';
import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';
import { writeWorkbook } from '@millrace/connector-sdk/workbook';
import {
  duckdbDialect,
  exportSelect,
  FILE_OPTIONS,
  quoteIdentifier,
  quoteText,
  sheetColumns,
  type ExportColumn,
  type FileFormat,
} from '@millrace/sql';

import { readRows, textAt } from '../stage/read-rows.ts';
import type { QuarantineRelation } from './quarantine-relations.ts';
import type { QuarantineRequest, QuarantineSelection } from './quarantine-request.ts';
import { selected, withRelations } from './read-quarantine.ts';

/** How a file is written. */
export type ExportFormat = FileFormat | 'xlsx';

export interface ExportQuarantineRequest extends QuarantineRequest {
  readonly path: string;
  readonly format: ExportFormat;
  /** Texts as they are, also those that a spreadsheet would take for a formula. */
  readonly isRaw: boolean;
}

/** Why a row is there: five columns beside those of its step. */
const ABOUT = [
  '"__millrace_row"',
  `array_to_string("__millrace_checks", '; ') AS "__millrace_checks"`,
  `array_to_string("__millrace_reasons", '; ') AS "__millrace_reasons"`,
  '"__millrace_run"',
  '"__millrace_origin"',
];

/** Writes the rows of one step to a file, all of them, without holding them. */
export async function exportQuarantine(
  request: ExportQuarantineRequest,
  signal: AbortSignal,
): Promise<{ readonly rows: number }> {
  return withRelations(request, async (relations, database) => {
    const [relation, another] = relations;
    if (relation === undefined) throw nothingThere(request.selection);
    if (another !== undefined) throw severalThere(relations);
    const names = relation.columns.map((name) => quoteIdentifier(duckdbDialect, name));
    const sql = `SELECT ${[...names, ...ABOUT].join(', ')} FROM (${selected(relation, request.selection)})`;
    await mkdir(dirname(request.path), { recursive: true });
    const rows = await database.withConnection((connection) => writeFile(connection, sql, request, signal));
    return { rows };
  });
}

async function writeFile(
  connection: DuckDBConnection,
  sql: string,
  { path, format, isRaw }: ExportQuarantineRequest,
  signal: AbortSignal,
): Promise<number> {
  const described = await readRows(connection, `DESCRIBE ${sql}`, signal);
  const columns = described.map((row): ExportColumn => ({
    name: textAt(row, 'column_name'),
    type: textAt(row, 'column_type'),
  }));
  if (format === 'xlsx')
    return writeWorkbook(path, sheetColumns(columns), texts(connection, sql, columns.length, signal));
  const select = exportSelect(`(${sql})`, columns, format === 'csv' && !isRaw);
  const copy = `COPY (${select}) TO ${quoteText(duckdbDialect, path)} (${FILE_OPTIONS[format]})`;
  const [copied] = await readRows(connection, copy, signal);
  return Number(copied?.['Count']);
}

async function* texts(
  connection: DuckDBConnection,
  sql: string,
  columnCount: number,
  signal: AbortSignal,
): AsyncGenerator<readonly (readonly (string | null)[])[]> {
  const names = Array.from({ length: columnCount }, (_, index) => `c${index}`);
  const values = names.map((name) => `CAST(${name} AS VARCHAR)`);
  const result = await connection.stream(
    `SELECT ${values.join(', ')} FROM (${sql}) AS answer(${names.join(', ')})`,
  );
  for (;;) {
    throwIfCancelled(signal);
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getRows().map((row) => row.map((value) => (typeof value === 'string' ? value : null)));
  }
}

function nothingThere({ step }: QuarantineSelection): PipelineError {
  return invalid(
    `Nothing${step === undefined ? '' : ` of ${step}`} is in quarantine. See what is: millrace quarantine list`,
  );
}

function severalThere(relations: readonly QuarantineRelation[]): PipelineError {
  const names = relations.map(({ step, kind, plan }) => `${plan.pipeline} ${step} (${kind})`);
  return invalid(
    `Rows of several tables do not fit into one file: ${names.join(', ')}. Name one with PIPELINE, --step and --kind.`,
  );
}

function invalid(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
