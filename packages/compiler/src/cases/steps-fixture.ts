import type { Field, LogicalType, TableName } from '@millrace/spec';

import {
  LANDING,
  STEPS,
  type LoadTask,
  type Plan,
  type PlannedStep,
  type PlannedStepColumn,
} from '../plan.ts';
import { table } from './fixture.ts';

const BIGINT: LogicalType = { kind: 'integer', bits: 64, signed: true };
const STRING: LogicalType = { kind: 'string' };
const MONEY: LogicalType = { kind: 'decimal', precision: 10, scale: 2 };

const field = (name: string, type: LogicalType, nullable = true): Field => ({ name, type, nullable });

const ORDERS = [
  field('id', BIGINT, false),
  field('customer_id', BIGINT),
  field('total', MONEY),
  field('status', STRING),
];
const CUSTOMERS = [field('id', BIGINT, false), field('name', STRING)];

type From = PlannedStepColumn['from'];

function column(name: string, type: LogicalType, from: From): PlannedStepColumn {
  return { name, nullable: true, from, field: field(name, type) };
}

function copied(ref: string, fields: readonly Field[], rename: (name: string) => string = (name) => name) {
  return fields.map(({ name, type }) => column(rename(name), type, [{ ref, column: name, how: 'copied' }]));
}

function step(
  settings: Pick<PlannedStep, 'ref' | 'verb' | 'inputs' | 'sql' | 'columns'> & Partial<PlannedStep>,
): PlannedStep {
  return {
    step: settings.ref,
    uses: [],
    key: [],
    incrementality: { kind: 'rowwise' },
    keptBecause: null,
    fingerprint: settings.ref,
    ...settings,
  };
}

function task(
  id: string,
  from: { readonly connection: string; readonly table: TableName },
  into: { readonly connection: string; readonly table: TableName; readonly key?: readonly string[] },
  fields: readonly Field[],
): LoadTask {
  const source = table(
    'x',
    fields.map((each) => ({ ...each, nativeType: each.type.kind })),
  );
  const isFromSteps = from.connection === STEPS;
  return {
    kind: 'load',
    id,
    sourceStep: from.table.name,
    destinationStep: id,
    source: {
      connection: from.connection,
      connector: from.connection,
      table: { ...source, table: from.table },
      fields: source.fields,
      schemaFingerprint: id,
    },
    load: isFromSteps
      ? { kind: 'steps', from: from.table.name, fingerprint: id, isReplaced: true }
      : { kind: 'full' },
    columns: fields.map((each) => ({ field: each, origin: { kind: 'source', column: each.name } })),
    contract: {
      newTables: 'evolve',
      missingTables: 'evolve',
      newColumns: 'evolve',
      typeChanges: 'evolve',
      missingColumns: 'evolve',
    },
    quarantine: { maxRows: 1000, maxShare: 0.01 },
    destination: {
      connection: into.connection,
      connector: into.connection,
      table: into.table,
      mode: 'replace',
      deletes: 'ignore',
      key: into.key ?? [],
    },
  };
}

const enriched = [
  ...copied('paid', ORDERS),
  ...copied('customers', CUSTOMERS.slice(1), () => 'customer_name'),
];
const totals = [
  column('customer_name', STRING, [{ ref: 'enriched', column: 'customer_name', how: 'copied' }]),
  column('revenue', { kind: 'decimal', precision: 38, scale: 2 }, [
    { ref: 'enriched', column: 'total', how: 'aggregated' },
  ]),
];
const fieldsOf = (columns: readonly PlannedStepColumn[]) => columns.map((each) => each.field);

/** orders → paid → enriched (with customers) → totals; what is paid and the totals are published, and a log beside it. */
export const SALES: Plan = {
  version: 1,
  pipeline: 'sales',
  documentFingerprint: 'document',
  fingerprint: 'plan',
  tasks: [
    task(
      'publishLog:log',
      { connection: 'shop', table: { name: 'log' } },
      { connection: 'warehouse', table: { schema: 'raw', name: 'log' } },
      [field('line', STRING)],
    ),
    task(
      'orders (kept here)',
      { connection: 'shop', table: { schema: 'shop', name: 'orders' } },
      { connection: LANDING, table: { name: 'orders' }, key: ['id'] },
      ORDERS,
    ),
    task(
      'customers (kept here)',
      { connection: 'crm', table: { name: 'customers' } },
      { connection: LANDING, table: { name: 'customers' }, key: ['id'] },
      CUSTOMERS,
    ),
    task(
      'enriched (kept here)',
      { connection: STEPS, table: { schema: 'kept here', name: 'enriched' } },
      { connection: LANDING, table: { name: 'enriched' } },
      fieldsOf(enriched),
    ),
    task(
      'publishOrders:enriched',
      { connection: STEPS, table: { schema: 'publishOrders', name: 'enriched' } },
      { connection: 'warehouse', table: { schema: 'mart', name: 'orders' } },
      fieldsOf(enriched),
    ),
    task(
      'publishTotals:totals',
      { connection: STEPS, table: { schema: 'publishTotals', name: 'totals' } },
      { connection: 'warehouse', table: { schema: 'mart', name: 'totals' } },
      fieldsOf(totals),
    ),
  ],
  steps: [
    step({
      ref: 'paid',
      verb: 'filter',
      inputs: [{ alias: 'orders', ref: 'orders' }],
      sql: `SELECT * FROM "orders" WHERE (status = 'paid')`,
      columns: copied('orders', ORDERS),
      uses: [{ ref: 'orders', column: 'status', how: 'filtered' }],
    }),
    step({
      ref: 'enriched',
      verb: 'join',
      inputs: [
        { alias: 'paid', ref: 'paid' },
        { alias: 'customers', ref: 'customers' },
      ],
      sql: `SELECT "paid".*, "customers"."name" AS "customer_name" FROM "paid" LEFT JOIN "customers" ON "paid"."customer_id" = "customers"."id"`,
      columns: enriched,
      uses: [
        { ref: 'paid', column: 'customer_id', how: 'joined' },
        { ref: 'customers', column: 'id', how: 'joined' },
      ],
      incrementality: {
        kind: 'partitioned',
        by: {
          paid: [{ sql: '"customer_id"', columns: ['customer_id'], isQualified: false }],
          customers: [{ sql: '"id"', columns: ['id'], isQualified: false }],
        },
        linearIn: ['paid'],
      },
      keptBecause: 'it is read 2 times',
    }),
    step({
      ref: 'totals',
      verb: 'aggregate',
      inputs: [{ alias: 'enriched', ref: 'enriched' }],
      sql: `SELECT "customer_name", sum(total) AS "revenue" FROM "enriched" GROUP BY "customer_name"`,
      columns: totals,
      uses: [{ ref: 'enriched', column: 'customer_name', how: 'grouped' }],
      key: ['customer_name'],
      incrementality: {
        kind: 'partitioned',
        by: { enriched: [{ sql: '"customer_name"', columns: ['customer_name'], isQualified: false }] },
        linearIn: [],
      },
    }),
  ],
};
