import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { DECIDED, tasksBehind } from '@millrace/compiler';
import { newSeed, seededRandom } from '@millrace/connector-sdk/testing';
import { decideRows, listQuarantine, showQuarantine, type QuarantineRequest } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { startAttempt } from '../faults/attempt.ts';
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

/** Rows that are compared with another step, and have no key. */
const COMPARED = `version: 1
name: compared
steps:
  orders:
    source: { connection: shop, table: orders }
  amounts:
    select: { from: orders, keep: [customer, status, amount] }
    checks:
      - relationship: { columns: [customer], to: { step: customers, columns: [id] }, onFailure: quarantine, threshold: { maxShare: 1 } }
  customers:
    source: { connection: shop, table: customers }
  publish:
    destination: { from: amounts, connection: warehouse, table: mart.orders }
`;

async function askAbout(shop: WarehouseShop, name: string, text = PIPELINE): Promise<QuarantineRequest> {
  const { plan, folders, limits } = await shop.request(text, name);
  return { plans: [plan], loads: [], folders, limits, selection: {} };
}

/** Runs a pipeline of which nothing ran before under the same decisions. */
async function runInFull(
  shop: WarehouseShop,
  text: string,
  name: string,
  decided: QuarantineRequest,
): Promise<void> {
  const [plan] = decided.plans;
  const { folders } = await shop.request(text, name);
  const log = join(plan?.pipeline ?? '', 'decisions.jsonl');
  mkdirSync(join(folders.quarantine, plan?.pipeline ?? ''), { recursive: true });
  cpSync(join(decided.folders.quarantine, log), join(folders.quarantine, log));
  await shop.run(text, name);
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
      await runInFull(shop, PIPELINE, `full${round}`, request);
      const tables = ['orders', 'by_status'];
      expect(await shop.rows('steps', tables)).toEqual(await shop.rows(`full${round}`, tables));
      const left = await listQuarantine(await askAbout(shop, 'steps'), never);
      const full = await listQuarantine(await askAbout(shop, `full${round}`), never);
      expect(left.map(({ check, rows: count }) => [check, count])).toEqual(
        full.map(({ check, rows: count }) => [check, count]),
      );
    }
  }, 300_000);

  it('are let through where they are compared with another step, and have no key', async () => {
    await using shop = new WarehouseShop(seededRandom(12), 60);
    await shop.run(COMPARED, 'steps');
    const request = await askAbout(shop, 'steps', COMPARED);
    const { rows, total } = await showQuarantine({ ...request, limit: 1000 }, never);
    expect(rows.length).toBe(total);
    const some = rows.slice(0, 2).map(({ row }) => row);
    const about = {
      ...request,
      selection: { rows: some },
      decision: 'release',
      by: 'test',
      note: null,
    } as const;
    const { rows: released } = await decideRows(about, never);
    expect(released).toBeGreaterThanOrEqual(2);
    const before = (await shop.rows('steps', ['orders']))['orders'] ?? [];
    await shop.run(COMPARED, 'steps');
    const after = await shop.rows('steps', ['orders']);
    expect(after['orders']).toHaveLength(before.length + released);
    shop.change();
    await shop.run(COMPARED, 'steps');
    await runInFull(shop, COMPARED, 'full', request);
    expect(await shop.rows('steps', ['orders'])).toEqual(await shop.rows('full', ['orders']));
  }, 180_000);

  it('are let through once, wherever the process is killed', async () => {
    const random = seededRandom(newSeed());
    await using shop = new WarehouseShop(random, 100);
    await shop.run(PIPELINE, 'killed');
    for (let round = 0; round < 3; round++) {
      const request = await askAbout(shop, 'killed');
      const { rows } = await showQuarantine({ ...request, limit: 1000 }, never);
      const some = rows.filter(() => random.next() < 0.3).map(({ row }) => row);
      const about = {
        ...request,
        selection: { rows: some },
        decision: 'release',
        by: 'test',
        note: null,
      } as const;
      await decideRows(about, never);
      const steps = async () => {
        const run = await shop.request(PIPELINE, 'killed');
        return { ...run, tasks: tasksBehind(run.plan, [`orders.${DECIDED}`]).map(({ id }) => id) };
      };
      await startAttempt({ request: await steps(), killAfterPoints: random.integer(1, 15) });
      // Given again, the command finds what was written down, and a new run acts on it.
      expect(await decideRows(about, never)).toMatchObject({ decided: 0, steps: ['orders'] });
      const { events } = await startAttempt({ request: await steps() });
      expect(events.at(-1)).toMatchObject({ type: 'runFinished', state: 'succeeded' });
      await runInFull(shop, PIPELINE, `afresh${round}`, request);
      const tables = ['orders', 'by_status'];
      expect(await shop.rows('killed', tables)).toEqual(await shop.rows(`afresh${round}`, tables));
    }
  }, 300_000);
});
