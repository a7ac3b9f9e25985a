import { describe, expect, it } from 'vitest';

import { INTEGER, makeEvidence, TEXT } from '../testing/make-evidence.ts';
import { findKey } from './find-key.ts';
import { findReferences } from './find-references.ts';
import { orderTables } from './order-tables.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const customers = makeEvidence({
  name: 'customers',
  key: ['id'],
  columns: [
    { name: 'id', type: INTEGER, values: upTo(300) },
    { name: 'name', type: TEXT, values: upTo(300).map((id) => `Customer ${id}`) },
  ],
});

function ordersWith(column: string, values: readonly (number | null)[]) {
  return makeEvidence({
    name: 'orders',
    key: ['id'],
    columns: [
      { name: 'id', type: INTEGER, values: upTo(values.length) },
      { name: column, type: INTEGER, values },
    ],
  });
}

const found = (tables: Parameters<typeof findReferences>[0]): string[] =>
  findReferences(tables).map(
    ({ from, columns, to, toColumns, certainty }) =>
      `${from.name}.${columns.join('+')} > ${to.name}.${toColumns.join('+')} ${certainty}`,
  );

describe('findReferences', () => {
  const values = upTo(1000).map((id) => (id * 7) % 300 || 300);

  it('sees references in names and values', () => {
    expect(found([customers, ordersWith('customer_id', values)])).toEqual([
      'orders.customer_id > customers.id seen',
    ]);
    expect(found([customers, ordersWith('CustomerID', values)])).toEqual([
      'orders.CustomerID > customers.id seen',
    ]);
    expect(found([customers, ordersWith('billing_customer_id', values)])).toEqual([
      'orders.billing_customer_id > customers.id seen',
    ]);
  });

  it('believes no name whose values are not there, and no values whose name says nothing', () => {
    expect(
      found([
        customers,
        ordersWith(
          'customer_id',
          values.map((value) => value + 5000),
        ),
      ]),
    ).toEqual([]);
    expect(found([customers, ordersWith('quantity', values)])).toEqual([]);
  });

  it('takes the name alone where there are no rows, and says so', () => {
    const empty = makeEvidence({
      name: 'orders',
      columns: [{ name: 'customer_id', type: INTEGER }],
    });
    expect(found([customers, empty])).toEqual(['orders.customer_id > customers.id named']);
  });

  it('prefers what is declared', () => {
    const declared = makeEvidence({
      name: 'orders',
      columns: [{ name: 'buyer', type: INTEGER, values }],
      foreignKeys: [{ columns: ['buyer'], to: { table: { name: 'customers' }, columns: ['id'] } }],
    });
    expect(found([customers, declared])).toEqual(['orders.buyer > customers.id declared']);
  });

  it('knows roles of people and trees', () => {
    const employees = makeEvidence({
      name: 'employees',
      key: ['id'],
      columns: [
        { name: 'id', type: INTEGER, values: upTo(100) },
        {
          name: 'manager_id',
          type: INTEGER,
          nullable: true,
          values: upTo(100).map((id) => (id === 1 ? null : 1 + (id % 9))),
        },
      ],
    });
    const categories = makeEvidence({
      name: 'categories',
      key: ['id'],
      columns: [
        { name: 'id', type: INTEGER, values: upTo(100) },
        {
          name: 'parent_id',
          type: INTEGER,
          nullable: true,
          values: upTo(100).map((id) => (id < 5 ? null : 1 + (id % 40))),
        },
      ],
    });
    expect(found([employees, categories])).toEqual([
      'employees.manager_id > employees.id seen',
      'categories.parent_id > categories.id seen',
    ]);
  });

  it('takes glued names apart by the words of the schema', () => {
    const entities = makeEvidence({
      name: 'business_entity',
      key: ['businessentityid'],
      columns: [{ name: 'businessentityid', type: INTEGER, values: upTo(300) }],
    });
    const contact = makeEvidence({
      name: 'contacts',
      columns: [{ name: 'businessentityid', type: INTEGER, values }],
    });
    expect(found([entities, contact])).toEqual([
      'contacts.businessentityid > business_entity.businessentityid seen',
    ]);
  });
});

describe('findKey', () => {
  it('finds the column that is unique and called a key, and calls a sample a sample', () => {
    const table = {
      name: 'events',
      columns: [
        { name: 'title', type: TEXT, values: upTo(100).map((id) => `title ${id}`) },
        { name: 'event_no', type: INTEGER, values: upTo(100) },
      ],
    };
    expect(findKey(makeEvidence(table))).toMatchObject({ columns: ['event_no'], certainty: 'proven' });
    expect(findKey(makeEvidence({ ...table, isComplete: false }))).toMatchObject({ certainty: 'suspected' });
    expect(findKey(makeEvidence({ ...table, columns: table.columns.slice(0, 1) }))).toBeNull();
  });
});

describe('orderTables', () => {
  it('puts tables after those they refer to, circles included', () => {
    const make = (name: string, to?: string) =>
      makeEvidence({
        name,
        columns: [{ name: 'id', type: INTEGER }],
        ...(to === undefined
          ? {}
          : { foreignKeys: [{ columns: ['id'], to: { table: { name: to }, columns: ['id'] } }] }),
      });
    const tables = [make('a', 'b'), make('b', 'c'), make('c'), make('x', 'y'), make('y', 'x')];
    const names = orderTables(tables, findReferences(tables)).map(({ table }) => table.table.name);
    expect(names).toEqual(['c', 'b', 'a', 'x', 'y']);
  });
});
