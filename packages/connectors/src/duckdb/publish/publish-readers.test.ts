import { filesOf, publishRequest } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { field, INT64 } from '../harness/test-fields.ts';
import { noSignal, openTestWarehouse } from '../harness/test-warehouse.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';

const ROWS = 1000;
const RELOADS = 50;

it('shows a reader one whole version at a time during 50 reloads', async () => {
  await using warehouse = await openTestWarehouse();
  const table = { schema: 'shop', name: 'orders' };
  const fields = [field('id', INT64, false), field('version', INT64)];
  const stage = (version: number) =>
    warehouse.stage.file(`SELECT i AS id, ${version}::BIGINT AS version FROM range(${ROWS}) r(i)`);
  const publish = async (version: number) => {
    const files = [await stage(version), await stage(version)];
    await warehouse.destination.publish(
      publishRequest({ table, mode: 'replace', fields }),
      filesOf(...files),
      noSignal,
    );
  };
  await publish(0);
  let isDone = false;
  const seen: number[] = [];
  const poll = async (): Promise<void> => {
    using lease = await openWarehouse(warehouse.config, { blame: 'destination', isCreated: false }, noSignal);
    using session = await lease.warehouse.session('destination', noSignal);
    while (!isDone) {
      const [row] = await session.texts(
        'SELECT CAST(count(*) AS VARCHAR), CAST(min(version) AS VARCHAR), CAST(max(version) AS VARCHAR) FROM shop.orders',
        noSignal,
      );
      expect(row).toEqual([String(2 * ROWS), row?.[1], row?.[1]]);
      seen.push(Number(row?.[1]));
    }
  };
  const polling = Promise.all([poll(), poll()]);
  for (let version = 1; version <= RELOADS; version += 1) await publish(version);
  isDone = true;
  await polling;
  expect(new Set(seen).size).toBeGreaterThan(5);
});
