import {
  formatLogicalType,
  formatTableName,
  nearestNames,
  parseDuration,
  type CursorCandidate,
  type DocumentPath,
  type Load,
  type LogicalType,
  type SourceField,
  type SourceTable,
} from '@millrace/spec';

import type { Compilation } from '../compilation.ts';

/** Tables with fewer rows are scanned in seconds, so that a missing index is not worth a word. */
const LARGE_TABLE_ROWS = 1_000_000;

type IncrementalLoad = Extract<Load, { mode: 'incremental' }>;

export interface PlannedCursor {
  readonly cursor: string;
  readonly lookback: string;
}

/** The cursor of a table and how far below its high mark to read; undefined when it cannot be, which is reported. */
export function planCursor(
  table: SourceTable,
  fields: readonly SourceField[],
  load: IncrementalLoad,
  loadPath: DocumentPath,
  compilation: Compilation,
): PlannedCursor | undefined {
  const name = formatTableName(table.table);
  const path = [...loadPath, 'cursor'];
  const others = candidates(table, load.cursor);
  const useFull = { kind: 'setField', path: loadPath, value: { mode: 'full' } } as const;
  const fixes = [...others.map((value) => ({ kind: 'setField', path, value }) as const), useFull];
  if (load.cursor === undefined) {
    compilation.report('cursorMissing', { table: name, candidates: others }, loadPath, fixes);
    return undefined;
  }
  const column = load.cursor;
  const field = table.fields.find((candidate) => candidate.name === column);
  if (field === undefined) {
    const nearest = nearestNames(
      column,
      table.fields.map((candidate) => candidate.name),
    );
    const rename = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
    compilation.report('columnUnknown', { table: name, column, role: 'load.cursor', nearest }, path, [
      ...rename,
      useFull,
    ]);
    return undefined;
  }
  if (!fields.some((candidate) => candidate.name === column)) {
    compilation.report('cursorLeftOut', { table: name, column }, path);
    return undefined;
  }
  const order = cursorOrder(field.type);
  if (order === undefined) {
    const params = { table: name, column, type: formatLogicalType(field.type), candidates: others };
    compilation.report('cursorUnfit', params, path, fixes);
    return undefined;
  }
  if (order === 'text') compilation.report('cursorIsText', { table: name, column }, path, fixes);
  if (field.nullable) {
    const whole = candidates(table, column, (candidate) => !candidate.isNullable);
    compilation.report('cursorNullable', { table: name, column, candidates: whole }, path);
  }
  if ((table.estimatedRows ?? 0) >= LARGE_TABLE_ROWS && !table.indexedColumns.includes(column)) {
    const indexed = candidates(table, column, (candidate) => candidate.isIndexed);
    const params = { table: name, column, rows: table.estimatedRows ?? 0, candidates: indexed };
    compilation.report('cursorUnindexed', params, path);
  }
  const lookback = planLookback(load.lookback, order);
  if (lookback === undefined) {
    const expected =
      order === 'time' ? 'a duration like 5m' : order === 'number' ? 'a whole number' : 'left out';
    const params = { table: name, column, type: formatLogicalType(field.type), expected };
    compilation.report('lookbackUnfit', params, [...loadPath, 'lookback']);
    return undefined;
  }
  return { cursor: column, lookback };
}

/** How values of a type follow each other in time; undefined when they do not. */
export function cursorOrder(type: LogicalType): 'number' | 'time' | 'text' | undefined {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
      return 'number';
    case 'date':
    case 'timestamp':
      return 'time';
    case 'string':
      return 'text';
    case 'boolean':
    case 'float':
    case 'bytes':
    case 'json':
    case 'uuid':
    case 'time':
      return undefined;
  }
}

function planLookback(
  lookback: string | number | undefined,
  order: 'number' | 'time' | 'text',
): string | undefined {
  if (lookback === undefined || lookback === 0) return '0';
  if (order === 'time' && typeof lookback === 'string') return parseDuration(lookback)?.toString();
  return order === 'number' && typeof lookback === 'number' ? String(lookback) : undefined;
}

function candidates(
  table: SourceTable,
  without: string | undefined,
  fits: (candidate: CursorCandidate) => boolean = () => true,
): readonly string[] {
  return table.cursorCandidates
    .filter((candidate) => candidate.column !== without && fits(candidate))
    .map((candidate) => candidate.column);
}
