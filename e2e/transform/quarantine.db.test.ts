import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { seededRandom } from '@millrace/connector-sdk/testing';
import { decideRows, listQuarantine, showQuarantine, type QuarantineRequest } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { WarehouseShop } from './warehouse-shop.ts';

const never = new AbortController().signal;

const PIPELINE = `version: 1
name: guarded
steps:
  orders:
    source: { connection: shop, table: orders, load: { mode: incremental, cursor: changed, deletes: detect } }
    checks:
      - accepted: { column: status, values: [new, paid], onFailure: quarantine, threshold: { maxShare: 1 } }
      - range: { column: amount, min: 0, onFailure: quarantine, threshold: { maxShare: 1 } }
  customers:
    source: { connection: shop, table: customers }
  named:
    join: { left: orders, right: customers, type: left, on: { customer: id }, prefixRight: customer_ }
  byStatus:
    aggregate: { from: orders, by: { status: status }, measures: { orders: count(*), amount: sum(amount) } }
  publish:
    destination: { from: named, connection: warehouse, table: mart.orders }
  publishByStatus:
    destination: { from: byStatus, connection: warehouse, table: mart.by_status }
`;

async function askAbout(shop: WarehouseShop, name: string): Promise<QuarantineRequest> {
  const { plan, folders, limits } = await shop.request(PIPELINE, name);
  return { plans: [plan], loads: [], folders, limits, selection: {} };
}

describe('rows that checks set aside', () => {
  it('are let through, dropped and judged anew, and incremental runs give what a full one gives', async () => {
    const random = seededRandom(11);
    await using shop = new WarehouseShop(random, 120);
    await shop.run(PIPELINE, 'steps');
    for (let round = 1; round <= 6; round++) {
      const request = await askAbout(shop, 'steps');
      const { rows } = await showQuarantine({ ...request, limit: 1000 }, never);
      expect(rows.length).toBeGreaterThan(0);
      for (const decision of ['release', 'discard'] as const) {
        const some = rows.filter(() => random.next() < 0.2).map(({ row }) => row);
        if (some.length === 0) continue;
        const about = { ...request, selection: { rows: some }, decision, by: 'test', note: null };
        const { decided } = await decideRows(about, never);
        expect(decided).toBeGreaterThan(0);
        expect(await decideRows(about, never)).toMatchObject({ decided: 0 });
      }
      // Decisions alone, and decisions with changes at the source.
      if (round % 2 === 0) shop.change();
      await shop.run(PIPELINE, 'steps');
      const { folders } = request;
      const fresh = (await shop.request(PIPELINE, `full${round}`)).folders;
      mkdirSync(join(fresh.quarantine, 'guarded'), { recursive: true });
      cpSync(
        join(folders.quarantine, 'guarded', 'decisions.jsonl'),
        join(fresh.quarantine, 'guarded', 'decisions.jsonl'),
      );
      await shop.run(PIPELINE, `full${round}`);
      const tables = ['orders', 'by_status'];
      expect(await shop.rows('steps', tables)).toEqual(await shop.rows(`full${round}`, tables));
      const left = await listQuarantine(await askAbout(shop, 'steps'), never);
      const full = await listQuarantine(await askAbout(shop, `full${round}`), never);
      expect(left.map(({ check, rows: count }) => [check, count])).toEqual(
        full.map(({ check, rows: count }) => [check, count]),
      );
    }
  }, 120_000);
});
