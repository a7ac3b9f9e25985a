import { type DiscoverRequest, PipelineError, selectTables } from '@millrace/connector-sdk';
import {
  formatTableName,
  type ForeignKey,
  type SourceField,
  type SourceTable,
  type TableName,
} from '@millrace/spec';

import type { Session, TextRow } from '../session/session.ts';
import { sourceType } from '../types.ts';
import { COLUMNS, FOREIGN_KEYS, INDEXES, SIZES, TABLES } from './catalog-queries.ts';
import { cursorCandidates } from './cursor-candidates.ts';

const SUBJECT = 'Discovering the tables';

interface ListedTable {
  readonly oid: string;
  readonly table: TableName;
  readonly relationKind: string;
}

/** Tables that match the request, in four or five round trips however many there are. */
export async function discoverTables(
  session: Session,
  request: DiscoverRequest,
  signal: AbortSignal,
): Promise<readonly SourceTable[]> {
  const listed = select(await session.query(TABLES, SUBJECT, signal), request);
  if (listed.length === 0) return [];
  const oids = [`{${listed.map((each) => each.oid).join(',')}}`];
  const columns = byTable(await session.query(COLUMNS, SUBJECT, signal, oids));
  const indexes = byTable(await session.query(INDEXES, SUBJECT, signal, oids));
  const sizes = byTable(await session.query(SIZES, SUBJECT, signal, oids));
  const foreignKeys =
    request.withForeignKeys === true
      ? byTable(await session.query(FOREIGN_KEYS, SUBJECT, signal, oids))
      : undefined;
  return listed.map((each) =>
    toSourceTable(
      each,
      columns.get(each.oid) ?? [],
      indexes.get(each.oid) ?? [],
      sizes.get(each.oid)?.[0] ?? [],
      foreignKeys?.get(each.oid)?.map(toForeignKey),
    ),
  );
}

function select(rows: readonly TextRow[], request: DiscoverRequest): readonly ListedTable[] {
  const listed = rows.map(([oid, schema, name, relationKind, mayRead]) => ({
    schema: schema ?? '',
    name: name ?? '',
    oid: oid ?? '',
    relationKind: relationKind ?? '',
    mayRead: mayRead === 't',
  }));
  const selected = selectTables(listed, request);
  const hidden = selected.find((each) => !each.mayRead && request.include.includes(formatTableName(each)));
  if (hidden !== undefined) throw mayNotRead(hidden);
  return selected
    .filter((each) => each.mayRead)
    .map(({ schema, name, oid, relationKind }) => ({ oid, table: { schema, name }, relationKind }))
    .toSorted((left, right) => compare(formatTableName(left.table), formatTableName(right.table)));
}

function toSourceTable(
  listed: ListedTable,
  columns: readonly TextRow[],
  indexes: readonly TextRow[],
  size: TextRow,
  foreignKeys: readonly ForeignKey[] | undefined,
): SourceTable {
  const hidden = columns.filter((row) => row[9] !== 't').map((row) => row[1] ?? '');
  const fields = columns.filter((row) => row[9] === 't').map(toField);
  const indexColumns = indexes.map((row) => JSON.parse(row[3] ?? '[]') as string[]);
  const indexedColumns = [
    ...new Set(indexColumns.map((names) => names[0]).filter((name) => name !== undefined)),
  ];
  const required = new Set(fields.filter((field) => !field.nullable).map((field) => field.name));
  const keys = indexColumns.filter(
    (names, index) => indexes[index]?.[2] === 't' && names.every((name) => required.has(name)),
  );
  return {
    table: listed.table,
    kind: listed.relationKind === 'v' || listed.relationKind === 'm' ? 'view' : 'table',
    fields,
    key: keys[0] ?? [],
    indexedColumns,
    ...(foreignKeys === undefined ? {} : { foreignKeys }),
    estimatedRows: toNumber(size[1]),
    estimatedBytes: toNumber(size[2]),
    cursorCandidates: cursorCandidates(fields, indexedColumns),
    notes: [
      ...(listed.relationKind === 'p' ? ['A partitioned table: all of its partitions are read.'] : []),
      ...(hidden.length > 0 ? [`Left out, because the role may not read them: ${hidden.join(', ')}.`] : []),
    ],
  };
}

function toForeignKey([, columns, schema, name, referenced]: TextRow): ForeignKey {
  return {
    columns: JSON.parse(columns ?? '[]') as string[],
    to: {
      table: { schema: schema ?? '', name: name ?? '' },
      columns: JSON.parse(referenced ?? '[]') as string[],
    },
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

function mayNotRead(table: TableName): PipelineError {
  return new PipelineError({
    code: 'permissionDenied',
    blame: 'source',
    retry: 'never',
    message: `The role may not read ${formatTableName(table)}. Grant it USAGE on the schema and SELECT on the table.`,
  });
}
