import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { registry } from '@millrace/connectors';
import { newSeed } from '@millrace/connector-sdk/testing';
import { foldRun, rollbackTable, verifyPlan, type VerifyResult } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { requestFor, runHere } from './attempt.ts';
import { EQUAL, queryWarehouse, reconcile } from './reconcile.ts';
import { openShop, type PlanOptions, type Shop } from './shop.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const context = {
  registry,
  registryModule: new URL(import.meta.resolve('@millrace/connectors')),
  emit: () => {},
};
const signal = new AbortController().signal;

let shop: Shop;
beforeEach(() => {
  shop = openShop(SEED, 600);
});
afterEach(() => shop.close());

async function dump(): Promise<readonly Record<string, unknown>[]> {
  const columns = await queryWarehouse(
    shop,
    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY ALL",
  );
  const list = columns.map((row) => `"${String(row['name'])}"`).join(', ');
  return queryWarehouse(shop, `SELECT ${list} FROM raw.orders ORDER BY ALL`);
}

async function rollback(runId: string, toRunId: string | null, options: PlanOptions) {
  const tasks = await shop.plan(options);
  return rollbackTable(
    { ...requestFor(shop, { runId, attempt: 1, tasks }), task: 'warehouse:orders', toRunId },
    context,
    signal,
  );
}

const append = { kind: 'incremental', cursor: 'changed', lookback: '0', detectDeletes: false } as const;
const MODES: readonly (readonly [string, PlanOptions])[] = [
  ['merge with hard deletes', {}],
  ['merge with soft deletes', { write: { deletes: 'soft' } }],
  ['scd2', { write: { mode: 'scd2' } }],
  ['append', { write: { mode: 'append', deletes: 'ignore', key: [] }, load: append }],
  ['replace', { write: { mode: 'replace', deletes: 'ignore' }, load: { kind: 'full' } }],
];

describe(`load packages (seed ${SEED})`, () => {
  it.for(MODES)(
    'bring back each earlier state of a table without its source: %s',
    { timeout: 180_000 },
    async ([, options]) => {
      const states = new Map<string, unknown>();
      for (const runId of ['r1', 'r2', 'r3', 'r4']) {
        const events = await runHere(shop, { runId, tasks: await shop.plan(options) });
        expect(foldRun(events).status).toBe('succeeded');
        states.set(runId, await dump());
        shop.change();
      }
      for (const [index, runId] of ['r2', 'r4', 'r1', 'r3'].entries()) {
        const restored = await rollback(`back${index}`, runId, options);
        expect(restored).toMatchObject({ restoredRunId: runId, record: { version: 5 + index } });
        expect(await dump(), `state of ${runId}`).toEqual(states.get(runId));
      }
      // The next load continues from the restored position.
      await runHere(shop, { runId: 'r5', tasks: await shop.plan(options) });
      if (options.write === undefined || options.write.mode === 'replace')
        expect(await reconcile(shop)).toEqual(EQUAL);
      else if (options.write.deletes === 'soft') expect(await compareLive('deleted_at IS NULL')).toBe(0);
      else if (options.write.mode === 'scd2') expect(await compareLive('is_current')).toBe(0);
      // And a rollback after a rollback, to what the packages say was before it.
      expect((await rollback('again', null, options)).restoredRunId).toBe('back3');
      expect(await dump()).toEqual(states.get('r3'));
    },
  );

  it('says which runs can be restored when one cannot', async () => {
    for (const runId of ['r1', 'r2']) {
      await runHere(shop, { runId, tasks: await shop.plan() });
      shop.change();
    }
    await expect(rollback('back', 'r9', {})).rejects.toMatchObject({
      code: 'positionLost',
      message: expect.stringContaining('Choose one of: r1, r2.'),
    });
    rmSync(join(shop.folder, 'stage', 'shop', 'warehouse%3Aorders', 'r1-1', 'part-00000.parquet'));
    await expect(rollback('back', 'r2', {})).rejects.toMatchObject({
      code: 'positionLost',
      message: expect.stringContaining('none is kept'),
    });
  });

  it('compacts many deltas into a base that is the same table', { timeout: 180_000 }, async () => {
    for (let run = 0; run < 19; run++) {
      await runHere(shop, {
        runId: `r${run}`,
        tasks: (await shop.plan()).filter((task) => task.id === 'warehouse:orders'),
      });
      shop.database.exec(
        `UPDATE orders SET changed = (SELECT max(changed) + 1 FROM orders), status = 's${run}' WHERE id % 19 = ${run}; DELETE FROM orders WHERE id % 97 = ${run}`,
      );
    }
    const before = await dump();
    const restored = await rollback('back', 'r18', {});
    expect(restored.rows).toBe(before.length);
    expect(await dump()).toEqual(before);
    const folders = await import('node:fs').then((fs) =>
      fs.readdirSync(join(shop.folder, 'stage', 'shop', 'warehouse%3Aorders')),
    );
    expect(folders.some((folder) => folder.endsWith('.base'))).toBe(true);
  });
});

describe(`verification (seed ${SEED})`, () => {
  async function verify(): Promise<VerifyResult> {
    const tasks = (await shop.plan()).filter((task) => task.id === 'warehouse:orders');
    const [result] = await Array.fromAsync(
      verifyPlan(requestFor(shop, { runId: 'v', attempt: 1, tasks }), context, signal),
    );
    if (result === undefined) throw new Error('Nothing was verified.');
    return result;
  }

  it('proves a table equal, and names every kind of difference by key and column', async () => {
    await runHere(shop, { runId: 'r1', tasks: await shop.plan() });
    const equal = await verify();
    expect(equal).toMatchObject({ isEqual: true, onlySource: 0, onlyDestination: 0, differing: 0 });
    expect(equal.statement).toMatch(/^raw\.orders: [\d,]+ rows proven equal up to changed = \d+ on SQLite/);
    shop.database.exec(
      "INSERT INTO orders VALUES (900001, 1, 'new', NULL, 1); DELETE FROM orders WHERE id = 10; UPDATE orders SET status = 'x', customer = -1 WHERE id = 20",
    );
    const found = await verify();
    expect(found).toMatchObject({ isEqual: false, onlySource: 1, onlyDestination: 1, differing: 1 });
    expect([...found.examples].sort()).toEqual([
      'id 10: only at the destination',
      'id 20: differs in customer, status',
      'id 900001: only at the source',
    ]);
  });

  it('does not count rows that came or changed after the load', async () => {
    await runHere(shop, { runId: 'r1', tasks: await shop.plan() });
    const { rows } = await verify();
    shop.database.exec(`INSERT INTO orders SELECT 900001, 1, NULL, NULL, max(changed) + 1 FROM orders;
      UPDATE orders SET status = 'later', changed = (SELECT max(changed) FROM orders) WHERE id IN (20, 30)`);
    const later = await verify();
    expect(later).toMatchObject({ isEqual: true, rows: rows - 2, changedSince: 2, examples: [] });
    expect(later.statement).toContain('; 2 changed at the source since');
    shop.database.exec('DELETE FROM orders WHERE id = 40');
    expect(await verify()).toMatchObject({ isEqual: false, onlyDestination: 1, changedSince: 2 });
  });
});

/** Rows that differ between the source and the rows of the warehouse that stand for it. */
async function compareLive(condition: string): Promise<number> {
  const live = await queryWarehouse(
    shop,
    `SELECT CAST(id AS TEXT) || '|' || coalesce(status, '~') || '|' || CAST(changed AS TEXT) AS line FROM raw.orders WHERE ${condition}`,
  );
  const rows = shop.database
    .prepare("SELECT id || '|' || coalesce(status, '~') || '|' || changed AS line FROM orders")
    .all();
  const lines = new Set(live.map((row) => String(row['line'])));
  return rows.filter((row) => !lines.delete(String(row['line']))).length + lines.size;
}
