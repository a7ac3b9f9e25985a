import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { field, INT64 } from '../harness/test-fields.ts';
import { noSignal, openTestWarehouse, type TestWarehouse } from '../harness/test-warehouse.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';

const fields = [field('id', INT64, false)];

it('publishes views on one thread, and rows that are stored on all of them', async () => {
  await using warehouse = await openTestWarehouse();
  await publish(warehouse, 'small', 1);
  expect(await writerThreads(warehouse)).toBe('1');
  await publish(warehouse, 'large', 122_880);
  expect(await writerThreads(warehouse)).toBe('2');
  await publish(warehouse, 'small', 2);
  expect(await writerThreads(warehouse)).toBe('1');
});

it('has all threads while somebody reads', async () => {
  await using warehouse = await openTestWarehouse();
  await publish(warehouse, 'small', 1);
  using lease = await openWarehouse(warehouse.config, { blame: 'destination', isCreated: false }, noSignal);
  {
    using _reader = await lease.warehouse.session('destination', noSignal);
    expect(await writerThreads(warehouse)).toBe('2');
    await publish(warehouse, 'other', 1);
    expect(await writerThreads(warehouse)).toBe('2');
  }
  await publish(warehouse, 'last', 1);
  expect(await writerThreads(warehouse)).toBe('1');
});

async function publish({ destination, stage }: TestWarehouse, name: string, rows: number): Promise<void> {
  const file = await stage.file(`SELECT i AS id FROM range(${rows}) r(i)`);
  const mode = name === 'small' ? 'replace' : 'append';
  await destination.publish(publishRequest({ table: { name }, mode, fields }), filesOf(file), noSignal);
}

async function writerThreads({ config }: TestWarehouse): Promise<string | null | undefined> {
  using lease = await openWarehouse(config, { blame: 'destination', isCreated: false }, noSignal);
  const [row] = await lease.warehouse.exclusively(noSignal, (writer) =>
    writer.texts("SELECT CAST(current_setting('threads') AS VARCHAR)", noSignal),
  );
  return row?.[0];
}
