import { newSeed, seededRandom } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

import { startAttempt } from '../faults/attempt.ts';
import { WarehouseShop } from './warehouse-shop.ts';

/** `FAULT_SEEDS=200` is the long form; `npm run soak` sets it. */
const KILLS = Number(process.env['FAULT_SEEDS'] ?? 2);
const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());

const PIPELINE = `version: 1
name: killed
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
    checks:
      - accepted: { column: status, values: [new, paid], onFailure: quarantine, threshold: { maxShare: 1 } }
  customers:
    source: { connection: shop, table: customers }
  named:
    join: { left: orders, right: customers, type: left, on: { customer: id }, prefixRight: customer_ }
  labelled:
    code:
      from: named
      source: 'export default (row) => (row.amount === null ? null : { label: row.status + " " + row.amount })'
      columns: { label: string }
      reads: [status, amount]
  byCountry:
    aggregate: { from: named, by: [customer_country], measures: { orders: count(*), amount: sum(amount) } }
  publishOrders:
    destination: { from: named, connection: warehouse, table: mart.orders }
  publishLabelled:
    destination: { from: labelled, connection: warehouse, table: mart.labelled }
  publishCountries:
    destination: { from: byCountry, connection: warehouse, table: mart.countries }
`;

it(
  `a run of steps that is killed at any point goes on to the right result (seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    await using shop = new WarehouseShop(random, 150);
    const tables = ['orders', 'countries', 'labelled'];
    let killed = 0;
    for (let round = 0; round < KILLS; round++) {
      if (round > 0) shop.change();
      let request = await shop.request(PIPELINE, 'killed');
      for (let tries = 0; tries < 2; tries++) {
        const { wasKilled } = await startAttempt({ request, killAfterPoints: random.integer(1, 40) });
        if (wasKilled) killed += 1;
        request = await shop.request(PIPELINE, 'killed', request);
      }
      const { events } = await startAttempt({ request });
      expect(events.at(-1)).toMatchObject({ type: 'runFinished', state: 'succeeded' });
      await shop.run(PIPELINE, `full${round}`);
      expect(await shop.rows('killed', tables)).toEqual(await shop.rows(`full${round}`, tables));
    }
    expect(killed).toBeGreaterThan(0);
  },
  60_000 * KILLS,
);
