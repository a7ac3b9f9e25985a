import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { field, INT64 } from '../harness/test-fields.ts';
import { noSignal, openTestWarehouse } from '../harness/test-warehouse.ts';
import { identifier, qualifiedName } from './names.ts';

const NAMES = [
  'select',
  'a"b',
  "o'clock",
  '`tick`',
  'semi;colon -- comment',
  '../../escape',
  '/absolute',
  '.',
  '..',
  'CON',
  'trailing ',
  ' leading',
  '😀',
  'Ä',
  'ä',
  '你好',
  'x'.repeat(64),
  '😀'.repeat(64),
  'new\nline',
  'a=b',
  '%2e%2e',
  'glob*?[a]',
  '_millrace',
];

describe('hostile names', () => {
  it('are schemas, tables and columns like any other, in both kinds of tables', async () => {
    await using warehouse = await openTestWarehouse();
    const file = await warehouse.stage.file(
      `SELECT ${NAMES.map((name, index) => `${index}::BIGINT AS ${identifier(name)}`).join(', ')}`,
    );
    const fields = NAMES.map((name) => field(name, INT64));
    const row = NAMES.map((_, index) => String(index));
    for (const [index, name] of NAMES.entries()) {
      const table = { schema: name === '_millrace' ? 'main' : name, name };
      for (const mode of index % 2 === 0
        ? (['replace', 'replace'] as const)
        : (['append', 'replace', 'append'] as const)) {
        await warehouse.destination.publish(publishRequest({ table, mode, fields }), filesOf(file), noSignal);
      }
      const rows = await warehouse.rows(`FROM ${qualifiedName(table)}`);
      expect(rows, name).toEqual(index % 2 === 0 ? [row] : [row, row]);
      const [described] = await warehouse.destination.describe([table], noSignal);
      expect(described?.fields).toEqual(fields);
    }
  });

  it('find one table in any case', async () => {
    await using warehouse = await openTestWarehouse();
    const fields = [field('Id', INT64, false)];
    const file = await warehouse.stage.file('SELECT 1::BIGINT AS "Id"');
    for (const name of ['Orders', 'ORDERS', 'orders']) {
      const request = publishRequest({ table: { schema: 'Shop', name }, mode: 'replace', fields });
      await warehouse.destination.publish(request, filesOf(file), noSignal);
    }
    const [described] = await warehouse.destination.describe([{ schema: 'shop', name: 'oRDERS' }], noSignal);
    expect(described).toMatchObject({ table: { schema: 'Shop', name: 'Orders' }, record: { version: 3 } });
    expect(await warehouse.rows('SELECT count(*) FROM _millrace.publications')).toEqual([['1']]);
  });
});
