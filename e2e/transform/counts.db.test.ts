import { seededRandom } from '@millrace/connector-sdk/testing';
import type { RunEvent } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const PIPELINE = `version: 1
name: counted
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
    checks:
      - accepted: { column: status, values: [new, paid], onFailure: quarantine, threshold: { maxShare: 1 } }
  customers:
    source: { connection: shop, table: customers }
  worth:
    filter: { from: orders, where: amount > 20 }
  latest:
    dedupe: { from: worth, key: [customer], order: [id DESC] }
  named:
    join: { left: latest, right: customers, type: left, on: { customer: id }, prefixRight: customer_ }
  publish:
    destination: { from: named, connection: warehouse, table: mart.orders }
`;

const GROUPED = `version: 1
name: grouped
steps:
  orders:
    source: { connection: shop, table: orders }
  worth:
    filter: { from: orders, where: amount > 20 }
  paid:
    filter: { from: worth, where: status = 'paid' }
  perCustomer:
    aggregate: { from: paid, by: [customer], measures: { amount: sum(amount) } }
  publish:
    destination: { from: perCustomer, connection: warehouse, table: mart.orders }
`;

const PASSES = "(status IN ('new', 'paid') OR status IS NULL)";

describe('counts of the rows of steps', () => {
  it('are those of the source, through checks, filters, duplicates and joins', async () => {
    await using shop = new WarehouseShop(seededRandom(11), 400);
    for (const name of ['first', 'second']) {
      const counts = countsOf(await shop.run(PIPELINE, name));
      const passed = shop.source(`SELECT count(*) AS n FROM orders WHERE ${PASSES}`);
      const all = shop.source('SELECT count(*) AS n FROM orders');
      const worth = shop.source(`SELECT count(*) AS n FROM orders WHERE ${PASSES} AND amount > 20`);
      const latest = shop.source(
        `SELECT count(*) AS n FROM (SELECT DISTINCT customer FROM orders WHERE ${PASSES} AND amount > 20)`,
      );
      const customers = shop.source('SELECT count(*) AS n FROM customers');
      expect(all).toBeGreaterThan(passed);
      expect(passed).toBeGreaterThan(worth);
      expect(Object.fromEntries(counts)).toMatchObject({
        orders: { rowsIn: all, rowsOut: passed, leftOut: all - passed },
        'orders.~failed': { rowsIn: all, rowsOut: all - passed },
        worth: { rowsIn: passed, rowsOut: worth, leftOut: passed - worth },
        latest: { rowsIn: worth, rowsOut: latest, leftOut: worth - latest },
        named: { rowsIn: latest + customers, rowsOut: latest, leftOut: 0 },
      });
      shop.change();
    }
  });

  it('of an incremental run are those of the rows that came', async () => {
    await using shop = new WarehouseShop(seededRandom(12), 200);
    await shop.run(PIPELINE, 'counted');
    let came = 0;
    for (let round = 0; round < 4; round++) {
      shop.change();
      const events = await shop.run(PIPELINE, 'counted');
      const counts = countsOf(events);
      const worth = counts.get('worth');
      const isIncremental = events.some(
        (event) =>
          event.type === 'taskStarted' && event.task === 'publish:named' && event.mode === 'incremental',
      );
      if (worth === undefined || !isIncremental) continue;
      came += worth.rowsIn ?? 0;
      expect(worth.rowsIn).toBe(counts.get('orders')?.rowsOut);
      expect((worth.rowsOut ?? 0) + (worth.leftOut ?? 0)).toBe(worth.rowsIn);
      expect(worth.rowsIn).toBeLessThan(100);
    }
    expect(came).toBeGreaterThan(0);
  });

  it('of many rows are what DuckDB passes by; of all steps where the pipeline asks for them', async () => {
    await using shop = new WarehouseShop(seededRandom(13), 100_001);
    const worth = shop.source('SELECT count(*) AS n FROM orders WHERE amount > 20');
    const paid = shop.source("SELECT count(*) AS n FROM orders WHERE amount > 20 AND status = 'paid'");
    const quick = countsOf(await shop.run(GROUPED, 'quick'));
    expect(quick.get('worth')).toMatchObject({ rowsIn: 100_001, rowsOut: null, leftOut: null });
    expect(quick.get('perCustomer')).toMatchObject({ rowsIn: paid });
    const full = countsOf(await shop.run(`${GROUPED}profile: full\n`, 'full'));
    expect(full.get('worth')).toMatchObject({ rowsIn: 100_001, rowsOut: worth, leftOut: 100_001 - worth });
    expect(full.get('paid')).toMatchObject({ rowsIn: worth, rowsOut: paid, leftOut: worth - paid });
  });

  it('stop the publication where rows that are kept here were lost', async () => {
    await using shop = new WarehouseShop(seededRandom(14), 50);
    const one = `version: 1
name: lossy
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed } }
  doubled:
    derive: { from: orders, columns: { twice: amount * 2 } }
  publish:
    destination: { from: doubled, connection: warehouse, table: mart.orders }
`;
    await shop.run(one, 'lossy');
    shop.claimRow('lossy', 'orders');
    const two = `${one}  again:
    destination: { from: doubled, connection: warehouse, table: mart.again }
`;
    await expect(shop.run(two, 'lossy')).rejects.toThrow(
      /doubled: 51 rows came in and 50 came out.*Nothing of it was published.*defect of Millrace/s,
    );
    expect((await shop.rows('lossy', ['orders']))['orders']).toHaveLength(50);
    await expect(shop.rows('lossy', ['again'])).rejects.toThrow(/does not exist/);
  });
});

function countsOf(events: readonly RunEvent[]) {
  const counts = events.flatMap((event) => (event.type === 'taskMeasured' ? (event.counts ?? []) : []));
  return new Map(counts.map((count) => [count.step, count]));
}
