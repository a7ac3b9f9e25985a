import { DEFAULT_CONTRACT, type LoadTask } from '@millrace/compiler';
import { describe, expect, it } from 'vitest';

import { orderSamples } from './order-samples.ts';

interface Table {
  readonly key: string;
  readonly rows: number;
  readonly indexed?: readonly string[];
}

function taskOf(name: string, columns: readonly string[], { key, rows, indexed = [] }: Table): LoadTask {
  const fields = columns.map((column) => ({
    name: column,
    type: { kind: 'integer', bits: 64, signed: true } as const,
    nullable: false,
    nativeType: 'bigint',
  }));
  return {
    kind: 'load',
    id: name,
    sourceStep: name,
    destinationStep: name,
    source: {
      connection: 'shop',
      connector: 'x',
      table: {
        table: { name },
        kind: 'table',
        fields,
        key: [key],
        indexedColumns: [key, ...indexed],
        estimatedRows: rows,
        estimatedBytes: null,
        cursorCandidates: [],
        notes: [],
      },
      fields,
      schemaFingerprint: name,
    },
    load: { kind: 'full' },
    columns: fields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
    contract: DEFAULT_CONTRACT,
    quarantine: { maxRows: 1, maxShare: 0 },
    destination: {
      connection: '@landing',
      connector: 'x',
      table: { name },
      mode: 'replace',
      deletes: 'ignore',
      key: [key],
    },
  };
}

const columnAt = (name: string) => {
  const [ref = '', column = ''] = name.split('.');
  return { ref, column };
};
const pair = (left: string, right: string) => ({ left: columnAt(left), right: columnAt(right) });

function order(tasks: readonly LoadTask[], pairs: ReturnType<typeof pair>[]) {
  return orderSamples(tasks, pairs, 5000).map(({ task, matching, note }) => [
    task.id,
    matching === null ? null : `${matching.column} = ${matching.partner.ref}.${matching.partner.column}`,
    note === null ? null : 'noted',
  ]);
}

describe('orderSamples', () => {
  const orders = taskOf('orders', ['id', 'customer_id'], { key: 'id', rows: 6e6 });
  const customers = taskOf('customers', ['id', 'country_id'], { key: 'id', rows: 1e5 });
  const countries = taskOf('countries', ['id'], { key: 'id', rows: 200 });

  it('begins with the many, and looks the others up by their keys', () => {
    expect(
      order(
        [countries, customers, orders],
        [pair('orders.customer_id', 'customers.id'), pair('customers.country_id', 'countries.id')],
      ),
    ).toEqual([
      ['orders', null, null],
      ['customers', 'id = orders.customer_id', null],
      // So few rows are all read.
      ['countries', null, null],
    ]);
  });

  it('begins where nothing can be looked up', () => {
    const codes = taskOf('codes', ['id', 'code'], { key: 'id', rows: 1e6 });
    const events = taskOf('events', ['id', 'code'], { key: 'id', rows: 1e6, indexed: ['code'] });
    expect(order([events, codes], [pair('events.code', 'codes.code')])).toEqual([
      ['codes', null, null],
      ['events', 'code = codes.code', null],
    ]);
  });

  it('says where partners may be missing', () => {
    const left = taskOf('left', ['id', 'code'], { key: 'id', rows: 1e6 });
    const right = taskOf('right', ['id', 'code'], { key: 'id', rows: 1e6 });
    expect(order([left, right], [pair('left.code', 'right.code')])).toEqual([
      ['left', null, null],
      ['right', null, 'noted'],
    ]);
  });

  it('takes tables that nothing joins as they come', () => {
    expect(order([orders, customers], [])).toEqual([
      ['orders', null, null],
      ['customers', null, null],
    ]);
  });
});
