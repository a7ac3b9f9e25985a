import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';
import { tabTo } from './tab-to.ts';

const browser = await openBrowser();

function writeShop(path: string): void {
  using database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL,
      total NUMERIC NOT NULL, updated_at TEXT NOT NULL);
    CREATE TABLE order_lines (order_id INTEGER NOT NULL, line INTEGER NOT NULL, sku TEXT, PRIMARY KEY (order_id, line));
    CREATE TABLE carts_log (id INTEGER PRIMARY KEY, what TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
      INSERT INTO orders SELECT i, i % 300 + 1, i % 97, '2026-11-01' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
      INSERT INTO customers SELECT i, 'customer ' || i, 'DE' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
      INSERT INTO order_lines SELECT i / 3 + 1, i % 3, 'sku-' || i % 40 FROM n;`);
}

describe.skipIf(browser === undefined)('the whole way by keyboard', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) => {
        writeSmallProject(folder);
        writeShop(join(folder, 'shop.db'));
      },
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('connects tables, makes a pipeline and runs it without a mouse', async () => {
    const page = await portal.open('/');
    await page.getByRole('heading', { name: 'Connect your first data' }).waitFor();
    await tabTo(page, 'Connect data');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Where do your tables come from?' }).waitFor();
    await tabTo(page, 'SQLite');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Connect to SQLite' }).waitFor();
    await page.keyboard.type('shop');
    await tabTo(page, 'Path');
    await page.keyboard.type(join(portal.projectFolder, 'shop.db'));
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Which tables of shop?' }).waitFor();
    await page.getByText('order_lines').waitFor();
    await tabTo(page, 'Select all rows');
    await page.keyboard.press('Space');
    await page.getByText('4 tables chosen of 4').waitFor();
    await page.getByRole('grid', { name: 'Tables' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.getByText('3 tables chosen of 4').waitFor();
    await screenshots(page, 'keyboard-tables');
    await tabTo(page, 'Continue');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Where do they go, and when?' }).waitFor();
    await tabTo(page, 'Schedule');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: /Every hour/ }).waitFor();
    await page.keyboard.type('Every hour');
    await page.keyboard.press('Enter');
    await page.getByText('0 * * * *').first().waitFor();
    await screenshots(page, 'keyboard-finish');
    await tabTo(page, 'Create pipeline');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'shop is ready to run' }).waitFor();
    await tabTo(page, 'Run now');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/runs\/\d{8}-/);
    await page.getByText('Succeeded').first().waitFor({ timeout: 60_000 });
    await screenshots(page, 'keyboard-run');

    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go anywhere, run anything').waitFor();
    await page.keyboard.type('raw.orders');
    await page
      .getByRole('option', { name: /raw.orders/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'raw.orders' }).waitFor();
    await page.goto(portal.url);
    await page.getByRole('grid', { name: 'All pipelines' }).getByText('Healthy').waitFor();
    await page.getByText('3 up to date').waitFor();
    await screenshots(page, 'home-healthy');
    expect(portal.complaints).toEqual([]);
    await page.close();
  });
});
