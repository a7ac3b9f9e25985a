import { type CursorRange, PipelineError, type ReadRequest } from '@millrace/connector-sdk';
import { formatTableName, type SourceField } from '@millrace/spec';
import { postgresDialect, quoteTable } from '@millrace/sql';

import { canonicalText, columnOf, literalOf } from '../digest/canonical-text.ts';

export interface ReadStatement {
  /** The COPY alone, for people. */
  readonly copy: string;
  /** All that is sent: one transaction in one round trip. */
  readonly sql: string;
}

/** Positions of the values in the row of facts. */
export const FACT = { snapshot: 0, logPosition: 1, oldestTransaction: 2, highMark: 3 } as const;

/**
 * One snapshot for the facts, the high mark and the rows. Everything travels in one message, so that a small table
 * costs one round trip.
 */
export function readStatement(request: ReadRequest, logPosition: string): ReadStatement {
  const cursor = request.cursor === null ? undefined : cursorSql(request, request.cursor);
  const copy = copyStatement(request, cursor?.where ?? '');
  const facts = `SELECT pg_export_snapshot(), ${logPosition}, txid_snapshot_xmin(txid_current_snapshot())::text, ${cursor?.highMark ?? 'NULL::text'}`;
  return { copy, sql: `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; ${facts}; ${copy}; COMMIT` };
}

/** What the rows are asked for with. */
export function describeRead(request: ReadRequest): string {
  return copyStatement(request, request.cursor === null ? '' : cursorSql(request, request.cursor).where);
}

function copyStatement(request: ReadRequest, bound: string): string {
  const table = quoteTable(postgresDialect, request.table.table);
  const conditions = [bound, matchCondition(request)].filter((condition) => condition !== '');
  const condition = conditions.join(' AND ');
  const columns = request.fields.map(columnExpression).join(', ');
  const limit = request.maxRows === undefined ? '' : ` LIMIT ${request.maxRows}`;
  return `COPY (SELECT ${columns} FROM ${table}${condition === '' ? '' : ` WHERE ${condition}`}${limit}) TO STDOUT`;
}

function matchCondition({ table, matching }: ReadRequest): string {
  if (matching === undefined) return '';
  const field = table.fields.find(({ name }) => name === matching.column);
  if (field === undefined || matching.values.length === 0) return 'false';
  return `${columnOf(field)} IN (${matching.values.map((value) => literalOf(value, field.type)).join(', ')})`;
}

/** COPY prints what the type's output function prints; only money needs a cast to be a number. */
function columnExpression(field: SourceField): string {
  const column = columnOf(field);
  return field.detail?.['baseType'] === 'money' ? `${column}::numeric` : column;
}

function cursorSql(request: ReadRequest, range: CursorRange): { where: string; highMark: string } {
  const field = request.table.fields.find((each) => each.name === range.column);
  if (field === undefined) {
    throw new PipelineError({
      code: 'columnMissing',
      blame: 'config',
      retry: 'never',
      message: `${formatTableName(request.table.table)} has no column ${range.column} to be its cursor. Choose one of ${request.table.fields.map((each) => each.name).join(', ')}.`,
    });
  }
  const column = columnOf(field);
  const lower =
    range.from === null ? '' : `${column} >= ${lowerBound(request, field, range.from, range.lookback)}`;
  const table = quoteTable(postgresDialect, request.table.table);
  const highMark = `(SELECT ${canonicalText('m', field)} FROM (SELECT max(${column}) AS m FROM ${table}${finiteOnly(field, column)}) AS high WHERE m IS NOT NULL)`;
  return { where: lower, highMark };
}

/** An infinite value would be the last high mark there ever is; such rows are read by every load instead. */
function finiteOnly(field: SourceField, column: string): string {
  switch (field.type.kind) {
    case 'date':
    case 'timestamp':
      return ` WHERE ${column} < 'infinity'`;
    case 'decimal':
      return ` WHERE ${column} < 'NaN'`;
    default:
      return '';
  }
}

function lowerBound(request: ReadRequest, field: SourceField, from: string, lookback: bigint): string {
  const literal = literalOf(from, field.type);
  switch (field.type.kind) {
    case 'timestamp':
      return lookback === 0n ? literal : `(${literal} - interval '${lookback} microseconds')`;
    case 'date':
      // A date less an interval is a timestamp, which would keep an index on the date from being used.
      return lookback === 0n ? literal : `(${literal} - interval '${lookback} microseconds')::date`;
    case 'integer':
    case 'decimal':
      return lookback === 0n ? literal : literalOf(String(BigInt(from) - lookback), field.type);
    case 'string':
    case 'uuid':
      if (lookback === 0n && field.mapping === undefined) return literal;
      break;
    default:
  }
  throw new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(request.table.table)}.${field.name} cannot be a cursor${lookback === 0n ? '' : ' with a look-back window'}: its type is ${field.nativeType}. Use load.mode: full, or choose a timestamp, date or integer column.`,
  });
}
