import type { Capabilities, LogicalType, SourceField, SourceTable, WriteMode } from '@millrace/spec';

import type { CompileConnection } from '../compile-input.ts';

const STRING: LogicalType = { kind: 'string' };
const BIGINT: LogicalType = { kind: 'integer', bits: 64, signed: true };
const TIMESTAMP: LogicalType = { kind: 'timestamp', timezone: false };

/** `name: [type, nullable]`, as a source declares it. */
export function field(name: string, type: LogicalType, nullable = false): SourceField {
  return { name, type, nullable, nativeType: type.kind };
}

export function table(
  name: string,
  fields: readonly SourceField[],
  rest: Partial<Omit<SourceTable, 'fields'>> = {},
): SourceTable {
  const [schema, ...parts] = name.split('.');
  return {
    table: parts.length === 0 ? { name } : { schema: schema ?? '', name: parts.join('.') },
    kind: 'table',
    fields,
    key: [],
    indexedColumns: [],
    estimatedRows: 100,
    estimatedBytes: 10_000,
    cursorCandidates: [],
    notes: [],
    ...rest,
  };
}

function candidate(
  column: string,
  isIndexed = true,
  isNullable = false,
): SourceTable['cursorCandidates'][number] {
  return { column, isIndexed, isNullable, score: 1, reason: 'rises' };
}

export const ORDERS = table(
  'shop.orders',
  [
    field('id', BIGINT),
    field('customer_id', BIGINT, true),
    field('status', STRING),
    field('is_paid', { kind: 'boolean' }),
    { ...field('note', { kind: 'json' }, true), mapping: 'Spaces between keys are those of the source.' },
    field('paid_at', TIMESTAMP, true),
    field('updated_at', TIMESTAMP),
  ],
  {
    key: ['id'],
    indexedColumns: ['id', 'updated_at'],
    cursorCandidates: [candidate('updated_at'), candidate('id')],
  },
);

/** What the connections of the cases hold. */
export const TABLES: Readonly<Record<string, readonly SourceTable[]>> = {
  shop: [
    ORDERS,
    { ...ORDERS, table: { schema: 'archive', name: 'orders' } },
    table('shop.log', [field('line', STRING), field('at', TIMESTAMP)]),
    table(
      'shop.events',
      [field('id', BIGINT), field('changed_on', { kind: 'date' }), field('at', TIMESTAMP)],
      {
        key: ['id'],
        estimatedRows: 50_000_000,
        cursorCandidates: [candidate('at'), candidate('changed_on', false)],
      },
    ),
    table(
      'shop.versions',
      [
        field('id', BIGINT),
        field('Valid_From', TIMESTAMP),
        field('deleted_at', TIMESTAMP, true),
        field('_millrace_run_id', STRING),
      ],
      { key: ['id'], indexedColumns: ['id'] },
    ),
    table('shop.twins', [field('Name', STRING), field('name', STRING), field('NAME', STRING)]),
    table('shop.long', [field(`${'ü'.repeat(40)}a`, STRING), field(`${'ü'.repeat(40)}b`, STRING)]),
    table('own.Flat_file', [field('id', BIGINT)]),
    table('own.flat_list', [field('id', BIGINT)]),
    table('upper.Items', [field('id', BIGINT)]),
    table('upper.items', [field('id', BIGINT)]),
    { ...table('x', [field('id', BIGINT)]), table: { schema: 'odd.a', name: 'b' } },
    { ...table('x', [field('id', BIGINT)]), table: { schema: 'odd', name: 'a.b' } },
  ],
  folder: [table('invoices', [field('number', BIGINT, true), field('total', STRING, true)])],
  listener: [table('x', [field('id', BIGINT)])],
  undigested: [table('x', [field('id', BIGINT)], { key: ['id'] })],
};

const RELATIONAL: NonNullable<Capabilities['source']> = {
  extractIn: 'worker',
  snapshot: 'transaction',
  loadModes: ['full', 'incremental'],
  incrementalBy: 'column',
  hasDigest: true,
  hasSchemas: true,
};

function writer(
  writeModes: readonly WriteMode[],
  rest: Partial<NonNullable<Capabilities['destination']>> = {},
): NonNullable<Capabilities['destination']> {
  return {
    writeModes,
    hasSchemas: true,
    identifiers: { maxBytes: 63, isCaseSensitive: false },
    parallelPublishes: 1,
    ...rest,
  };
}

const ALL_MODES = ['append', 'replace', 'merge', 'scd2'] as const;

/** The connections of the cases: invented systems that differ in what they can do. */
export const CONNECTIONS: Readonly<Record<string, CompileConnection>> = {
  shop: { connector: 'relational', source: RELATIONAL, destination: writer(ALL_MODES) },
  warehouse: {
    connector: 'columnar',
    destination: writer(ALL_MODES),
    destinationType: (type) =>
      type.kind === 'json' ? { native: 'TEXT', mapping: 'Kept as text.' } : { native: type.kind },
  },
  flat: {
    connector: 'flat',
    destination: writer(['append', 'replace'], {
      hasSchemas: false,
      identifiers: { maxBytes: 63, isCaseSensitive: false, reservedTablePrefixes: ['flat_'] },
    }),
    destinationType: (type) => (type.kind === 'json' ? undefined : { native: type.kind }),
  },
  sink: { connector: 'sink', destination: writer(['append']) },
  listener: { connector: 'listener', source: { ...RELATIONAL, loadModes: ['full'] } },
  undigested: { connector: 'undigested', source: { ...RELATIONAL, hasDigest: false } },
  folder: {
    connector: 'folder',
    source: {
      ...RELATIONAL,
      snapshot: 'file',
      incrementalBy: 'newFiles',
      hasDigest: false,
      hasSchemas: false,
    },
  },
};
