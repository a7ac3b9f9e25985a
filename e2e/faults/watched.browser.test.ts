import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

import { newSeed, seededRandom } from '@millrace/connector-sdk/testing';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../browser/browser.ts';
import { openPortal } from '../browser/portal.ts';
import type { Portal } from '../browser/portal.ts';
import { SALES, writeShopProject } from '../browser/shop-project.ts';

/** `FAULT_SEEDS=50` is the long form; `npm run soak` sets it. */
const SEEDS = Number(process.env['FAULT_SEEDS'] ?? 3);
const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? newSeed());
const VICTIMS = ['server', 'runner', 'warehouse host'] as const;
/** Later than this a run of this size is done. */
const LATEST_MS = 2_000;

const browser = await openBrowser();

describe.skipIf(browser === undefined)('a page that watches while processes are killed', () => {
  let portal: Portal;
  let page: Page;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) => writeShopProject(folder, { sales: SALES }),
    });
    page = await portal.open('/runs');
    page.setDefaultTimeout(90_000);
    await page.evaluate('window.neverLoadedAgain = true');
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
    'shows how every run ends, nothing lost and nothing doubled, seed %d',
    async (seed) => {
      const random = seededRandom(seed);
      const victim = VICTIMS[random.integer(0, VICTIMS.length - 1)] ?? 'server';
      changeShop(random.integer(1, 500));
      const { runId } = await call<{ readonly runId: string }>('runs/start-run', { pipeline: 'sales' });
      await wait(random.integer(0, LATEST_MS));
      if (victim === 'server') {
        await portal.killServer();
        await wait(random.integer(0, 1_000));
        await portal.startServer();
      } else killChild(victim);
      const row = page.getByRole('row').filter({ hasText: runId });
      await row
        .getByText(/^(?:Succeeded|Failed|Cancelled)$/)
        .waitFor()
        .catch(async (error: unknown) => {
          const { state, reason } = await call<Record<'state' | 'reason', unknown>>('runs/show-run', {
            run: runId,
          });
          throw new Error(`${victim}, seed ${seed}: the run is ${String(state)} (${String(reason)})`, {
            cause: error,
          });
        });
      expect(await row.textContent(), `${victim}, seed ${seed}`).toContain('Succeeded');
      expect(await warehouse(), `${victim}, seed ${seed}`).toEqual(shop());
      await page.getByText('Live', { exact: true }).waitFor();
      expect(await page.evaluate('window.neverLoadedAgain'), 'the page was loaded again').toBe(true);
    },
    180_000,
  );

  /** Orders that come, change and go. */
  function changeShop(rows: number): void {
    using database = new DatabaseSync(join(portal.projectFolder, 'shop.db'));
    database.exec(`
      INSERT INTO orders SELECT (SELECT max(id) FROM orders) + id, customer_id, total, status, created_at FROM orders LIMIT ${rows};
      UPDATE orders SET total = round(total + 1, 2) WHERE id % 7 = ${rows % 7};
      DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT ${rows % 50})`);
  }

  function shop(): string {
    using database = new DatabaseSync(join(portal.projectFolder, 'shop.db'), { readOnly: true });
    const [row] = database
      .prepare(
        "SELECT count(*) AS count, sum(id) AS ids, CAST(round(sum(total) * 100) AS INTEGER) AS cents FROM orders WHERE status <> 'cancelled'",
      )
      .all();
    return [row?.['count'], row?.['ids'], row?.['cents']].join(' ');
  }

  async function warehouse(): Promise<string> {
    const { rows } = await call<{ readonly rows: readonly (readonly unknown[])[] }>(
      'warehouse/query-warehouse',
      { sql: 'SELECT count(*), sum(id), (sum(total) * 100)::BIGINT FROM mart.orders' },
    );
    return (rows[0] ?? []).join(' ');
  }

  async function call<Answer>(operation: string, input: object): Promise<Answer> {
    const response = await fetch(`${portal.url}/api/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: portal.url },
      body: JSON.stringify(input),
    });
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as Answer;
  }

  /** Ends a child of the server at once; none may be there at the moment. */
  function killChild(victim: 'runner' | 'warehouse host'): void {
    const { pid } = JSON.parse(readFileSync(join(portal.projectFolder, '.millrace', 'server.json'), 'utf8'));
    const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
    const program = victim === 'runner' ? 'runner.main' : 'host.main';
    for (const line of stdout.split('\n'))
      if (line.includes(program)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  }
});
