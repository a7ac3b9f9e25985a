import { type DiscoverRequest, PipelineError } from '@millrace/connector-sdk';
import { formatTableName, type SourceField, type SourceTable, type TableName } from '@millrace/spec';

import type { Session, TextRow } from '../session/session.ts';
import { sourceType } from '../types.ts';
import { COLUMNS, INDEXES, SIZES, TABLES } from './catalog-queries.ts';
import { cursorCandidates } from './cursor-candidates.ts';
import { matchesTable } from './table-pattern.ts';

const SUBJECT = 'Discovering the tables';

interface ListedTable {
  readonly oid: string;
  readonly table: TableName;
  readonly relationKind: string;
}

/** Tables that match the request, in four round trips however many there are. */
export async function discoverTables(session: Session, request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
  const listed = select(await session.query(TABLES, SUBJECT, signal), request);
  if (listed.length === 0) return [];
  const oids = [`{${listed.map((each) => each.oid).join(',')}}`];
  const columns = byTable(await session.query(COLUMNS, SUBJECT, signal, oids));
  const indexes = byTable(await session.query(INDEXES, SUBJECT, signal, oids));
  const sizes = byTable(await session.query(SIZES, SUBJECT, signal, oids));
  return listed.map((each) =>
    toSourceTable(each, columns.get(each.oid) ?? [], indexes.get(each.oid) ?? [], sizes.get(each.oid)?.[0] ?? []),
  );
}

function select(rows: readonly TextRow[], request: DiscoverRequest): readonly ListedTable[] {
  const all = rows.map(([oid, schema, name, relationKind, mayRead]) => ({
    oid: oid ?? '',
    table: { schema: schema ?? '', name: name ?? '' },
    relationKind: relationKind ?? '',
    mayRead: mayRead === 't',
  }));
  for (const pattern of request.include) {
    if (pattern.includes('*')) continue;
    const found = all.find((each) => matchesTable(pattern, each.table));
    if (found === undefined) throw tableMissing(pattern, all.map((each) => each.table));
    if (!found.mayRead) throw mayNotRead(found.table);
  }
  return all
    .filter((each) => each.mayRead)
    .filter(({ table }) => request.include.length === 0 || request.include.some((pattern) => matchesTable(pattern, table)))
    .filter(({ table }) => !request.exclude.some((pattern) => matchesTable(pattern, table)))
    .toSorted((left, right) => compare(formatTableName(left.table), formatTableName(right.table)));
}

function toSourceTable(listed: ListedTable, columns: readonly TextRow[], indexes: readonly TextRow[], size: TextRow): SourceTable {
  const hidden = columns.filter((row) => row[9] !== 't').map((row) => row[1] ?? '');
  const fields = columns.filter((row) => row[9] === 't').map(toField);
  const indexColumns = indexes.map((row) => JSON.parse(row[3] ?? '[]') as string[]);
  const indexedColumns = [...new Set(indexColumns.map((names) => names[0]).filter((name) => name !== undefined))];
  const required = new Set(fields.filter((field) => !field.nullable).map((field) => field.name));
  const keys = indexColumns.filter((names, index) => indexes[index]?.[2] === 't' && names.every((name) => required.has(name)));
  return {
    table: listed.table,
    kind: listed.relationKind === 'v' || listed.relationKind === 'm' ? 'view' : 'table',
    fields,
    key: keys[0] ?? [],
    indexedColumns,
    estimatedRows: toNumber(size[1]),
    estimatedBytes: toNumber(size[2]),
    cursorCandidates: cursorCandidates(fields, indexedColumns),
    notes: [
      ...(listed.relationKind === 'p' ? ['A partitioned table: all of its partitions are read.'] : []),
      ...(hidden.length > 0 ? [`Left out, because the role may not read them: ${hidden.join(', ')}.`] : []),
    ],
  };
}

function toField(row: TextRow): SourceField {
  const [, name, nativeType, isRequired, typeName, isBuiltIn, modifier, generated, identity] = row;
  const native = { name: typeName ?? '', isBuiltIn: isBuiltIn === 't', modifier: Number(modifier) };
  const { type, mapping } = sourceType(native);
  return {
    name: name ?? '',
    type,
    nullable: isRequired !== 't',
    nativeType: nativeType ?? '',
    ...(mapping === undefined ? {} : { mapping }),
    detail: {
      baseType: native.isBuiltIn ? native.name : '',
      ...(generated === '' || generated === null ? {} : { isGenerated: true }),
      ...(identity === '' || identity === null ? {} : { isIdentity: true }),
    },
  };
}

function byTable(rows: readonly TextRow[]): Map<string, TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const oid = row[0] ?? '';
    const group = groups.get(oid);
    if (group === undefined) groups.set(oid, [row]);
    else group.push(row);
  }
  return groups;
}

function toNumber(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function tableMissing(pattern: string, tables: readonly TableName[]): PipelineError {
  const wanted = pattern.slice(pattern.lastIndexOf('.') + 1).toLowerCase();
  const near = tables
    .filter(({ name }) => isNear(wanted, name.toLowerCase()))
    .slice(0, 5)
    .map(formatTableName);
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Run discover without a pattern to see the tables there are.';
  return new PipelineError({
    code: 'tableMissing',
    blame: 'config',
    retry: 'never',
    message: `There is no table ${pattern} in the database. ${hint}`,
  });
}

function mayNotRead(table: TableName): PipelineError {
  return new PipelineError({
    code: 'permissionDenied',
    blame: 'source',
    retry: 'never',
    message: `The role may not read ${formatTableName(table)}. Grant it USAGE on the schema and SELECT on the table.`,
  });
}

/** The same but for case, a part of it, or at most two edits away. */
function isNear(wanted: string, name: string): boolean {
  if (wanted === name || (wanted.length > 3 && (name.includes(wanted) || (name.length > 3 && wanted.includes(name))))) return true;
  if (Math.abs(wanted.length - name.length) > 2) return false;
  let previous = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let row = 1; row <= wanted.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= name.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (wanted[row - 1] === name[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return (previous[name.length] ?? 3) <= 2;
}
