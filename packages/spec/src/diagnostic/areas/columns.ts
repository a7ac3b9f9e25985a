import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** Columns of tables that are read or written. */
export const columnsDiagnostics = {
  columnUnknown: entry<{ table: string; column: string; role?: string; nearest: Names }>(
    'error',
    (p) =>
      `${p.table} has no column '${p.column}'${p.role === undefined ? '' : ` (${p.role})`}.${hint(p.nearest, [], '') || ' Name one of its columns; in a replicate, exclude the table and give it steps of its own.'}`,
  ),
  columnsNoneMatch: entry<{ table: string; pattern: string }>(
    'warning',
    (p) => `No column of ${p.table} matches '${p.pattern}'.`,
  ),
  columnsEmpty: entry<{ table: string }>(
    'error',
    (p) => `No column of ${p.table} is left to read. Widen columns.include or shorten columns.exclude.`,
  ),
  columnReserved: entry<{ table: string; column: string; reason: string }>(
    'error',
    (p) =>
      `The column ${p.table}.${p.column} stands in the way: ${p.reason}. Leave it out with columns.exclude, or rename it at the source.`,
  ),
  columnRenamed: entry<{ table: string; column: string; to: string; reason: string }>(
    'warning',
    (p) => `The column ${p.table}.${p.column} is written as ${p.to}: ${p.reason}.`,
  ),
  typeNotKept: entry<{ table: string; column: string; type: string; connector: string }>(
    'error',
    (p) =>
      `${p.table}.${p.column} (${p.type}) cannot be kept by ${p.connector}. Leave it out with columns.exclude.`,
  ),
};
