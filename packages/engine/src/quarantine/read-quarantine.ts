import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import { readRows, textAt, type ReadRow } from '../stage/read-rows.ts';
import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { quarantineRelations, type QuarantineRelation } from './quarantine-relations.ts';
import type {
  QuarantinedRecord,
  QuarantineGroup,
  QuarantineRequest,
  QuarantineSelection,
} from './quarantine-request.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);
const text = (value: string) => quoteText(duckdbDialect, value);

/** What is in quarantine, by step and reason, in the order of the plans. */
export async function listQuarantine(
  request: QuarantineRequest,
  signal: AbortSignal,
): Promise<readonly QuarantineGroup[]> {
  return withRelations(request, async (relations, database) => {
    const groups: QuarantineGroup[] = [];
    for (const relation of relations) {
      const { plan, kind, step, isPublished } = relation;
      const entries =
        kind === 'check'
          ? `unnest("__millrace_checks") AS "check", unnest("__millrace_reasons") AS reason`
          : `NULL::VARCHAR AS "check", "__millrace_reasons"[1] AS reason`;
      const grouped =
        `SELECT "check", reason, CAST(count(*) AS VARCHAR) AS "rows", min("__millrace_run") AS since ` +
        `FROM (SELECT "__millrace_run", ${entries} FROM (${selected(relation, request.selection)})) ` +
        `${checkIs(request.selection)} GROUP BY ALL ORDER BY count(*) DESC, reason`;
      for (const row of await database.withConnection((connection) => readRows(connection, grouped, signal)))
        groups.push({
          pipeline: plan.pipeline,
          kind,
          step,
          check: textOrNull(row, 'check'),
          reason: textAt(row, 'reason'),
          rows: Number(textAt(row, 'rows')),
          sinceRun: textOrNull(row, 'since'),
          isPublished,
        });
    }
    return groups;
  });
}

/** The first rows in quarantine, as text. */
export async function showQuarantine(
  request: QuarantineRequest & { readonly limit: number },
  signal: AbortSignal,
): Promise<{ readonly rows: readonly QuarantinedRecord[]; readonly total: number }> {
  return withRelations(request, async (relations, database) => {
    const rows: QuarantinedRecord[] = [];
    let total = 0;
    for (const relation of relations) {
      const { plan, kind, step, key, columns } = relation;
      const values = columns.map((column) => `CAST(${quote(column)} AS VARCHAR)`).join(', ');
      const left = request.limit - rows.length;
      const sql = selected(relation, request.selection);
      const [count] = await database.query(`SELECT CAST(count(*) AS VARCHAR) AS "rows" FROM (${sql})`);
      total += Number(count?.['rows']);
      if (left <= 0) continue;
      const order = ['"__millrace_run"', ...key.filter((name) => columns.includes(name)).map(quote)];
      const list =
        'SELECT "__millrace_row", "__millrace_checks", "__millrace_reasons", "__millrace_run", "__millrace_origin", ' +
        `[${values}]::VARCHAR[] AS "values" FROM (${sql}) ORDER BY ${order.join(', ')}, "__millrace_row" LIMIT ${left}`;
      const found = await database.withConnection((connection) => readRows(connection, list, signal));
      for (const row of found)
        rows.push({
          pipeline: plan.pipeline,
          kind,
          step,
          row: textAt(row, '__millrace_row'),
          checks: textsAt(row, '__millrace_checks').flatMap((each) => each ?? []),
          reasons: textsAt(row, '__millrace_reasons').flatMap((each) => each ?? []),
          run: textOrNull(row, '__millrace_run'),
          origin: textOrNull(row, '__millrace_origin'),
          key,
          columns,
          values: textsAt(row, 'values'),
        });
    }
    return { rows, total };
  });
}

/** The rows of a relation that a request is about. */
export function selected({ sql }: QuarantineRelation, { check, rows }: QuarantineSelection): string {
  const conditions = [
    ...(check === undefined ? [] : [`list_contains("__millrace_checks", ${text(check)})`]),
    ...(rows === undefined
      ? []
      : [`(${rows.map((row) => `starts_with("__millrace_row", ${text(row)})`).join(' OR ')})`]),
  ];
  return conditions.length === 0 ? sql : `SELECT * FROM (${sql}) WHERE ${conditions.join(' AND ')}`;
}

function checkIs({ check }: QuarantineSelection): string {
  return check === undefined ? '' : `WHERE "check" = ${text(check)}`;
}

/** A run that publishes meanwhile removes what it replaced. */
const ATTEMPTS = 3;

/**
 * Opens a database for as long as `work` needs what is in quarantine. `work` begins anew when a run has replaced files that it
 * was to read.
 */
export async function withRelations<T>(
  request: QuarantineRequest,
  work: (relations: readonly QuarantineRelation[], database: StagingDatabase) => Promise<T>,
): Promise<T> {
  const database = await openStagingDatabase({
    ...request.limits,
    scratchFolder: request.folders.scratch,
  });
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await quarantineRelations(request, database), database);
      } catch (error) {
        if (attempt === ATTEMPTS || !isFileGone(error)) throw error;
      }
    }
  } finally {
    database.close();
  }
}

function isFileGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return isMissing || /No files found that match the pattern|No such file or directory/.test(error.message);
}

function textOrNull(row: ReadRow, name: string): string | null {
  const value = row[name];
  return typeof value === 'string' ? value : null;
}

function textsAt(row: ReadRow, name: string): readonly (string | null)[] {
  const value = row[name];
  return Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? each : null)) : [];
}
