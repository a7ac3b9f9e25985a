import { copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';

import { seededRandom } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const PIPELINE = `version: 1
name: damaged
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
  customers:
    source: { connection: shop, table: customers }
  named:
    join: { left: orders, right: customers, type: left, on: { customer: id }, prefixRight: customer_ }
  perCountry:
    aggregate: { from: named, by: [customer_country], measures: { amount: sum(amount), orders: count(*) } }
  publish:
    destination: { from: named, connection: warehouse, table: mart.orders }
  publishPerCountry:
    destination: { from: perCountry, connection: warehouse, table: mart.countries }
`;
const PART = 'part-00000.parquet';

function turnAByte(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
}

const DAMAGES: readonly (readonly [string, string, string, (path: string) => void, RegExp])[] = [
  ['a missing file of a table', 'orders', PART, rmSync, /\/part-00000\.parquet is missing/],
  [
    'a turned byte of a table read in full',
    'customers',
    PART,
    turnAByte,
    /holds other bytes than its manifest/,
  ],
  [
    'a truncated file of kept rows of a step',
    'named',
    PART,
    (path) => truncateSync(path, 100),
    /has 100 bytes, where its manifest says \d+/,
  ],
  ['a missing manifest', 'orders', 'manifest.json', rmSync, /load package of run damaged-1 is missing/],
];

describe('files of kept rows that are not what their manifest says', () => {
  it.for(DAMAGES)(
    '%s: the rows are made again, and the run says why',
    async ([, relation, file, damage, what]) => {
      await using shop = new WarehouseShop(seededRandom(21), 60);
      await shop.run(PIPELINE, 'damaged');
      damage(shop.keptFile('damaged', relation, file));
      shop.change();
      const events = await shop.run(PIPELINE, 'damaged');
      const started = events.find((event) => event.type === 'taskStarted' && event.task.startsWith(relation));
      expect(started).toMatchObject({ mode: 'full', reason: expect.stringMatching(what) });
      await shop.run(PIPELINE, 'fresh');
      const tables = ['orders', 'countries'];
      expect(await shop.rows('damaged', tables)).toEqual(await shop.rows('fresh', tables));
      const after = await shop.run(PIPELINE, 'damaged');
      expect(after.filter(({ type }) => type === 'taskUnchanged')).toHaveLength(5);
    },
  );

  it('stop a load that could not give the same rows again, until the file is back', async () => {
    const keepsDeleted = PIPELINE.replace(', deletes: detect', '');
    await using shop = new WarehouseShop(seededRandom(22), 60);
    await shop.run(keepsDeleted, 'damaged');
    const path = shop.keptFile('damaged', 'orders', PART);
    renameSync(path, `${path}.away`);
    await expect(shop.run(keepsDeleted, 'damaged')).rejects.toThrow(
      /orders cannot be continued.*part-00000\.parquet is missing\. Put the file back.*millrace run damaged --full-refresh --tables orders/s,
    );
    copyFileSync(`${path}.away`, path);
    const events = await shop.run(keepsDeleted, 'damaged');
    expect(events.filter(({ type }) => type === 'taskUnchanged')).toHaveLength(5);
  });
});
