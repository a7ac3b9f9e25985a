import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { testDatabase } from '../../packages/connectors/src/mysql/harness/test-database.ts';
import { openBrowser } from './browser.ts';
import { openDrawing } from './drawing.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';

const browser = await openBrowser();
const database = await testDatabase('mariadb');

const PASSWORD = 'the sea is wide and salty';
const BOB = 'bob@example.org';
const REVENUE = 'SELECT * FROM mart.revenue ORDER BY 1';

describe.skipIf(browser === undefined || database === undefined)(
  'from a database to a table that is trusted',
  () => {
    let portal: Portal;
    let page: Page;
    let bob: Page;

    beforeAll(async () => {
      if (browser === undefined) return;
      await database?.execute(
        `CREATE TABLE orders (id BIGINT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(20) NOT NULL, total DECIMAL(10,2) NOT NULL,
          updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), KEY (updated_at))`,
        "INSERT INTO orders (id, customer_id, status, total) SELECT seq, 1 + seq % 50, if(seq % 4 = 0, 'cancelled', 'paid'), seq % 90 FROM seq_1_to_2000",
        'CREATE TABLE customers (id INT PRIMARY KEY, country CHAR(2) NOT NULL)',
        "INSERT INTO customers SELECT seq, elt(1 + seq % 3, 'DE', 'FR', 'NL') FROM seq_1_to_50",
      );
      portal = await openPortal({ browser, prepare: (folder) => writeSmallProject(folder), arguments: [] });
    });
    afterAll(async () => {
      await bob?.context().close();
      await portal?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
      await browser?.close();
    });

    it('signs in by the link, and lets a viewer in', async () => {
      const link = new URL(portal.setupUrl ?? '');
      page = await portal.open(link.pathname + link.hash);
      page.setDefaultTimeout(30_000);
      await page.getByLabel('E-mail').fill('ada@example.org');
      await page.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
      await page.getByLabel('Password again').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make the administrator' }).click();
      await page.getByRole('heading', { name: 'Connect your first data' }).waitFor();

      await page.goto(`${portal.url}/settings?tab=users`);
      await page.getByRole('button', { name: 'Invite user' }).click();
      await page.getByLabel('E-mail').fill(BOB);
      await page.getByRole('button', { name: 'Make the link' }).click();
      const invitation = await page.getByRole('status', { name: `The link for ${BOB}` }).textContent();
      await page.getByRole('button', { name: 'Done' }).click();
      const context = await browser?.newContext();
      if (context === undefined) return;
      await context.addInitScript({ content: "localStorage.setItem('millrace.tour', 'done')" });
      bob = await context.newPage();
      bob.setDefaultTimeout(30_000);
      await bob.goto(invitation ?? '');
      await bob.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
      await bob.getByLabel('Password again').fill(PASSWORD);
      await bob.keyboard.press('Enter');
      await bob.getByRole('heading', { name: 'Home' }).waitFor();
    });

    it('connects the database in the wizard', async () => {
      if (database === undefined) return;
      const { host, port, user, password } = database.config;
      await page.goto(`${portal.url}/`);
      await page.getByRole('link', { name: 'Connect data' }).first().click();
      await page.getByRole('button', { name: /MySQL and MariaDB/ }).click();
      await page.getByLabel('Name of the connection').fill('shop');
      await page.getByLabel('Host').fill(host);
      await page.getByLabel('Port').fill(String(port));
      await page.getByLabel('User').fill(user);
      await page.getByLabel('Password').fill(password);
      await page.getByLabel('Database').fill(database.name);
      await page.getByRole('button', { name: 'Test and continue' }).click();
      for (const table of ['orders', 'customers'])
        await page
          .getByRole('row')
          .filter({ hasText: `${database.name}.${table}` })
          .getByRole('checkbox')
          .click();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Create pipeline' }).click();
      await page.getByRole('heading', { name: 'shop is ready to run' }).waitFor();
    });

    it('draws a pipeline over it, sees its rows, and mends an error', async () => {
      if (database === undefined) return;
      await page.goto(`${portal.url}/pipelines`);
      await page.getByRole('button', { name: 'New pipeline' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('revenue');
      await page.getByRole('textbox', { name: 'What it is for' }).fill('Revenue by country');
      await page.getByRole('button', { name: 'Create and draw' }).click();
      const { card, field, drop, pull, connect } = await openDrawing(page);
      await drop('source:shop', 140, 120);
      await field('source.table').getByRole('textbox').fill(`${database.name}.orders`);
      await page.getByRole('gridcell', { name: 'cancelled' }).first().waitFor();
      await drop('source:shop', 140, 260);
      await field('source.table').getByRole('textbox').fill(`${database.name}.customers`);
      await pull('source', 'filter', 380, 60);
      await field('filter.where').locator('.cm-content').click();
      await page.keyboard.type("statuss = 'paid'");
      await card('filter').getByRole('button', { name: '1 problem' }).waitFor();
      await field('filter.where').getByRole('button', { name: "status = 'paid'" }).click();
      await pull('filter', 'join', 440, 200);
      await connect('source2', 'join', 1);
      await field('join.on').getByRole('combobox', { name: 'On: New column' }).fill('customer_id');
      await page.keyboard.press('Enter');
      await field('join.on').getByRole('combobox', { name: 'On: customer_id' }).fill('id');
      await pull('join', 'aggregate', 520, 330);
      await field('aggregate.by').getByRole('combobox').fill('country');
      await page.keyboard.press('Enter');
      await field('aggregate.measures')
        .getByRole('textbox', { name: 'Measures: New column' })
        .fill('revenue');
      await page.keyboard.press('Enter');
      await field('aggregate.measures').locator('.cm-content').click();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('sum(total)');
      await pull('aggregate', 'destination', 600, 100);
      await field('destination.connection').getByRole('combobox').selectOption('warehouse');
      await field('destination.table').getByRole('textbox').fill('mart.revenue');
      await page
        .getByRole('columnheader', { name: /revenue/ })
        .first()
        .waitFor();
      await screenshots(page, 'story-drawn');
    });

    it('runs it while two people watch', async () => {
      await page.getByRole('button', { name: 'Run now' }).click();
      await page.getByRole('dialog').getByText('First run: everything is read and made.').waitFor();
      await page.getByRole('button', { name: 'Save and run' }).click();
      await page.getByRole('button', { name: 'Watch' }).click();
      await page.waitForURL(/\/runs\//);
      await bob.goto(page.url());
      for (const watcher of [page, bob])
        await watcher.locator('h1').locator('xpath=..').getByText('Succeeded').waitFor({ timeout: 60_000 });
      expect(await bob.getByRole('button', { name: 'Run everything again' }).count()).toBe(0);
      await screenshots(page, 'story-run');
    });

    it('finds the table, asks it, and takes the answer away', async () => {
      const expected = await revenue();
      await page.goto(`${portal.url}/datasets`);
      await page.getByRole('grid', { name: 'Datasets' }).getByRole('link', { name: 'mart.revenue' }).click();
      await page.getByText('Up to date').first().waitFor();
      await page
        .getByRole('link', { name: 'Query' })
        .or(page.getByRole('button', { name: 'Query' }))
        .click();
      await page.getByRole('textbox', { name: 'SQL statement' }).click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(REVENUE);
      await page.keyboard.press('Control+Enter');
      await page.getByText(/^3 rows in/).waitFor();
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'CSV, safe for spreadsheets' }).click();
      const link = page.getByRole('link', { name: 'Download' });
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      expect(readFileSync(await download.path(), 'utf8')).toBe(`country,revenue\n${expected}`);
    });

    it('takes up what changed, and goes back to the version before', async () => {
      const before = await revenue();
      await database?.execute("UPDATE orders SET total = total + 1 WHERE status = 'paid'");
      await page.goto(`${portal.url}/pipelines`);
      await page.getByRole('button', { name: 'Run now: revenue' }).click();
      await page.getByRole('button', { name: 'Watch' }).click();
      await page.locator('h1').locator('xpath=..').getByText('Succeeded').waitFor({ timeout: 60_000 });
      expect(await answer(REVENUE)).toBe(await revenue());
      await page.goto(`${portal.url}/datasets`);
      await page.getByRole('grid', { name: 'Datasets' }).getByRole('link', { name: 'mart.revenue' }).click();
      await page.getByRole('tab', { name: /Versions/ }).click();
      await page.getByRole('button', { name: 'Roll back' }).first().click();
      await page.getByRole('dialog').getByRole('textbox').fill('mart.revenue');
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
      await page
        .getByRole('grid', { name: 'Versions' })
        .getByText(/^rows of/)
        .waitFor();
      expect(await answer(REVENUE)).toBe(before);
    });

    it('lets a viewer look at everything and do nothing', async () => {
      await bob.goto(`${portal.url}/pipelines`);
      await bob.getByRole('link', { name: 'revenue', exact: true }).waitFor();
      for (const name of ['New pipeline', 'Run now: revenue'])
        expect(await bob.getByRole('button', { name }).count()).toBe(0);
      await bob.getByRole('link', { name: 'revenue', exact: true }).click();
      await bob.locator('[data-step="aggregate"]').waitFor();
      expect(await bob.getByRole('button', { name: 'Save', exact: true }).isEnabled()).toBe(false);
      await screenshots(bob, 'story-viewer');
      const refused: unknown = await bob.evaluate(
        `Promise.all(['runs/start-run', 'pipelines/save-pipeline', 'tables/rollback-table', 'secrets/set-secret', 'identity/invite-user', 'warehouse/query-warehouse'].map(async (name) =>
          (await fetch('/api/' + name, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status))`,
      );
      expect(refused).toEqual([403, 403, 403, 403, 403, 403]);
      expect(portal.complaints).toEqual([]);
    });

    /** What the source itself says, as the lines of a CSV file. */
    async function revenue(): Promise<string> {
      const rows = await database?.query(
        `SELECT country, cast(sum(total) AS char) AS revenue FROM orders o JOIN customers c ON c.id = o.customer_id WHERE status = 'paid' GROUP BY country ORDER BY country`,
      );
      return (rows ?? []).map((row) => `${row.join(',')}\n`).join('');
    }

    async function answer(sql: string): Promise<string> {
      const found: unknown = await page.evaluate(
        `fetch('/api/warehouse/query-warehouse', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify({ sql }))} }).then((response) => response.json())`,
      );
      const { rows } = found as { readonly rows: readonly (readonly unknown[])[] };
      return rows.map((row) => `${row.join(',')}\n`).join('');
    }
  },
);
