import { seededRandom } from '@millrace/connector-sdk/testing';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const pipeline = (checks: string) => `version: 1
name: checked
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
    checks:
${checks}
  customers:
    source: { connection: shop, table: customers }
  named:
    join: { left: orders, right: customers, type: left, on: { customer: id }, prefixRight: customer_ }
  publish:
    destination: { from: named, connection: warehouse, table: mart.orders }
`;

const SET_ASIDE =
  '      - accepted: { column: status, values: [new, paid], onFailure: quarantine, threshold: { maxShare: 1 } }';

describe('checks of a step', () => {
  it('set rows aside and take them back as they change, and lose none', async () => {
    const random = seededRandom(7);
    await using shop = new WarehouseShop(random, 100);
    const text = pipeline(SET_ASIDE);
    for (let round = 0; round < 4; round++) {
      if (round > 0) shop.change();
      const events = await shop.run(text, 'checked');
      const { orders } = await shop.rows('checked', ['orders']);
      const expected = shop.source(
        "SELECT count(*) AS n FROM orders WHERE status IN ('new', 'paid') OR status IS NULL",
      );
      expect(orders).toHaveLength(expected);
      const aside = shop.source("SELECT count(*) AS n FROM orders WHERE status NOT IN ('new', 'paid')");
      expect(expected + aside).toBe(shop.source('SELECT count(*) AS n FROM orders'));
      const checked = events.flatMap((event) => (event.type === 'tableChecked' ? event.results : []));
      expect(checked.map(({ check }) => check)).toContain('accepted');
    }
  });

  it('stop a table before anything of it, or of what reads it, is published', async () => {
    await using shop = new WarehouseShop(seededRandom(8), 50);
    const stopping = pipeline('      - rowCount: { min: 1000 }');
    await expect(shop.run(stopping, 'stopped')).rejects.toThrow(/There are 50 rows, fewer than 1,000/);
    await expect(shop.rows('stopped', ['orders'])).rejects.toThrow(/does not exist|Cannot open/);
    await shop.run(stopping.replace('min: 1000', 'min: 50'), 'stopped');
    expect((await shop.rows('stopped', ['orders']))['orders']).toHaveLength(50);
  });

  it('compare with another step, whichever is loaded first', async () => {
    await using shop = new WarehouseShop(seededRandom(9), 50);
    const text = pipeline(
      '      - relationship: { columns: [customer], to: { step: customers, columns: [id] }, onFailure: warn }',
    );
    const events = await shop.run(text, 'related');
    const [result] = events.flatMap((event) => (event.type === 'tableChecked' ? event.results : []));
    const orphans = shop.source(
      'SELECT count(*) AS n FROM orders WHERE customer IS NOT NULL AND customer NOT IN (SELECT id FROM customers)',
    );
    expect(Number(result?.failingRows)).toBe(orphans);
  });
});
