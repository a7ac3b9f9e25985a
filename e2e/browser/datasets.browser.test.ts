import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { seededRandom } from '@millrace/connector-sdk/testing';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { replicateOrders, writeSmallProject } from './small-project.ts';

const MILLRACE = join(import.meta.dirname, '../../bin/millrace.mjs');
const browser = await openBrowser();

/** Kills the child of the project's server that owns the warehouse; 0 while there is none. */
function killWarehouseHost(projectFolder: string): number {
  const { pid } = JSON.parse(readFileSync(join(projectFolder, '.millrace', 'server.json'), 'utf8'));
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  const host = stdout.split('\n').find((process) => process.includes('host.main'));
  if (host === undefined) return 0;
  process.kill(Number.parseInt(host, 10), 'SIGKILL');
  return 1;
}

describe.skipIf(browser === undefined)('datasets and SQL', () => {
  let portal: Portal;

  async function millrace(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [MILLRACE, ...args], {
      cwd: portal.projectFolder,
      env: { ...process.env, XDG_CONFIG_HOME: join(portal.projectFolder, '.config') },
    });
    return stdout;
  }

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeSmallProject(folder, {
          orders: replicateOrders('orders', 'owner: till-team\ntags: [sales]\nprofile: full'),
        }),
    });
    await millrace('run', 'orders');
    await millrace('run', 'orders', '--full-refresh');
  }, 180_000);
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('finds a dataset, looks into it, describes it and rolls it back', async () => {
    const page = await portal.open('/datasets');
    const list = page.getByRole('grid', { name: 'Datasets' });
    await list.getByText('Up to date').waitFor();
    await axeClean(page);
    await screenshots(page, 'datasets');
    await list.getByRole('link', { name: 'raw.orders' }).hover();
    await page.locator('[data-card]').getByText('Up to date').waitFor();
    await axeClean(page, '[data-card]');
    await screenshots(page, 'dataset-card');
    await page.getByPlaceholder('Find a dataset').fill('nothing like it');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('checkbox', { name: 'sales' }).click();
    await list.getByRole('link', { name: 'raw.orders' }).click();
    await page.getByRole('heading', { name: 'raw.orders' }).waitFor();
    await page.getByRole('grid', { name: 'Columns' }).getByText('status').waitFor();
    await axeClean(page);
    await screenshots(page, 'dataset-columns');
    await page.getByRole('button', { name: /^Profile all [\d,]+ rows$/ }).click();
    await page.getByText(/^Of all [\d,]+ rows as they are published now/).waitFor();
    await screenshots(page, 'dataset-columns-profiled');
    for (const tab of ['Sample', 'Profile', 'Checks', 'Lineage', 'Usage'] as const) {
      await page.getByRole('tab', { name: tab }).click();
      if (tab === 'Sample')
        await page.getByRole('grid', { name: 'Sample' }).getByText('paid').first().waitFor();
      if (tab === 'Profile') await page.getByRole('img', { name: 'Rows in each run' }).waitFor();
      if (tab === 'Lineage') await page.getByRole('button', { name: 'total' }).first().click();
      await axeClean(page);
      await screenshots(page, `dataset-${tab.toLowerCase()}`);
    }
    await page.getByRole('button', { name: 'Describe' }).click();
    await page.getByLabel('Owner').fill('the harbour master');
    await dialogClean(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Owner: the harbour master').waitFor();
    await page.getByRole('tab', { name: /Versions/ }).click();
    await page.getByRole('button', { name: 'Roll back' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Roll back' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill('raw.orders');
    await dialogClean(page);
    await confirm.click();
    await page
      .getByRole('grid', { name: 'Versions' })
      .getByText(/^rows of/)
      .waitFor();
    await axeClean(page);
    await screenshots(page, 'dataset-versions');
    await page.goto(new URL('/datasets/raw.orders', page.url()).href);
    await page.getByText('No dataset is called raw.orders').waitFor();
    await axeClean(page);
    await screenshots(page, 'dataset-unknown');
    await page.close();
    expect(portal.complaints).toEqual([]);
  }, 120_000);

  it('asks in SQL, draws the answer, saves, shares and exports it', async () => {
    const page = await portal.open('/sql');
    await page.getByRole('heading', { name: 'SQL' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'sql-empty');
    const editor = page.getByRole('textbox', { name: 'SQL statement' });
    await editor.click();
    await page.keyboard.type('SELECT * FROM ra');
    await page.locator('.cm-tooltip-autocomplete').getByText('raw', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('SELECT date_tr');
    await page.locator('.cm-tooltip-autocomplete').getByText('date_trunc').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.cm-tooltip-autocomplete').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('SELECT status, count(*) AS orders FROM raw.ordrs GROUP BY 1');
    await page.keyboard.press('Control+Enter');
    // The name is marked where it stands; the message is below, and leads to it.
    await page.getByRole('alert').getByText('Did you mean raw.orders?').waitFor();
    await page.getByRole('alert').getByText('at line 1, column 40').waitFor();
    const mark = page.locator('.cm-lintRange-error');
    await expect.poll(() => mark.allTextContents()).toEqual(['raw.ordrs']);
    await axeClean(page);
    await screenshots(page, 'sql-refused');
    await page.getByRole('button', { name: 'Go to it' }).click();
    await page.keyboard.type('x');
    await page.locator('.cm-line').getByText('FROM xraw.ordrs').waitFor();
    await mark.waitFor({ state: 'detached' });
    for (const [statement, word] of [
      ['SELECT id\nFROM raw.orders\nWERE id > 1', 'id'],
      ['SELECT id,\n  totl FROM raw.orders', 'totl'],
    ] as const) {
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(statement);
      await page.keyboard.press('Control+Enter');
      await expect.poll(() => mark.allTextContents()).toEqual([word]);
    }
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('SELECT total, count(*) AS orders FROM raw.orders GROUP BY 1 ORDER BY 1');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^90 rows in/).waitFor();
    await axeClean(page);
    await screenshots(page, 'sql');
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByRole('img', { name: 'Chart of orders by total' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'sql-chart');
    expect(new URL(page.url()).searchParams.get('q')).toContain('GROUP BY');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByLabel('Name').fill('Orders by total');
    await dialogClean(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Saved' }).click();
    await page.getByRole('button', { name: /^Orders by total/ }).waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV, safe for spreadsheets' }).waitFor();
    await axeClean(page, '[role="menu"]');
    await page.getByRole('menuitem', { name: 'CSV, safe for spreadsheets' }).click();
    const link = page.getByRole('link', { name: 'Download' });
    await link.waitFor();
    await dialogClean(page);
    await screenshots(page, 'sql-export');
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.split('\n').slice(0, 2)).toEqual(['total,orders', '0,6']);
    await page.close();
    const again = await portal.open('/sql?q=SELECT%20i%20FROM%20range(100000)%20r(i)');
    await again.getByRole('button', { name: 'Run', exact: true }).click();
    await again.getByText(/^100,000 rows in|^100000 rows in/).waitFor();
    const grid = again.getByRole('grid', { name: 'Result' });
    await again.locator('[role=grid][aria-rowcount="100001"]').waitFor();
    await grid.focus();
    await again.keyboard.press('Control+End');
    await grid.getByRole('gridcell', { name: '99999' }).waitFor();
    await again.close();
    expect(portal.complaints).toEqual([]);
  }, 120_000);

  it('keeps answering when the process that owns the warehouse is killed under runs', async () => {
    const page = await portal.open('/datasets/warehouse%2Fraw.orders?tab=versions');
    const versions = page.getByRole('grid', { name: 'Versions' });
    await versions.getByText('current').waitFor();
    const before = Number(await versions.getAttribute('aria-rowcount')) - 1;
    const random = seededRandom(7);
    let kills = 0;
    for (let run = 1; run <= 3; run++) {
      const [ran] = await Promise.all([
        millrace('run', 'orders', '--full-refresh', '--verify'),
        (async () => {
          await sleep(random.integer(100, 1500));
          kills += killWarehouseHost(portal.projectFolder);
        })(),
      ]);
      expect(ran).toContain('succeeded');
    }
    expect(kills).toBeGreaterThan(0);
    // The page heard of every run; none was published twice.
    await page.locator(`[role=grid][aria-rowcount="${before + 4}"]`).waitFor();
    const answer = await millrace('query', 'SELECT count(*), count(DISTINCT id) FROM raw.orders', '--json');
    expect(JSON.parse(answer).rows).toEqual([['500', '500']]);
    await page.close();
    expect(portal.complaints).toEqual([]);
  }, 120_000);

  it('stops a question that runs for long', async () => {
    const page = await portal.open(
      `/sql?q=${encodeURIComponent('SELECT count(*) FROM range(100000000000) a, range(1000) b')}`,
    );
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(/^Running for/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing asked yet').waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('cancelled').waitFor();
    await page.close();
    expect(portal.complaints).toEqual([]);
  }, 60_000);
});
