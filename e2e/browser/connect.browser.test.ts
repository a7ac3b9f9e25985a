import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { testDatabase } from '../../packages/connectors/src/mysql/harness/test-database.ts';
import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';

const browser = await openBrowser();
const database = await testDatabase('mariadb');

const AREAS = ['sales', 'stock', 'staff', 'web', 'finance', 'support'];

/** Two hundred tables, one of them large and with a column that the server keeps current. */
async function fillDatabase(): Promise<void> {
  await database?.execute(
    `CREATE TABLE orders (id BIGINT PRIMARY KEY, customer INT NOT NULL, total DECIMAL(10,2) NOT NULL,
      created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), KEY (updated_at))`,
    'INSERT INTO orders (id, customer, total) SELECT seq, seq % 500, seq % 90 FROM seq_1_to_120000',
    'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(80) NOT NULL)',
    "INSERT INTO customers SELECT seq, concat('customer ', seq) FROM seq_1_to_500",
    'CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 80',
  );
  await database?.query('ANALYZE TABLE orders');
  for (let index = 1; index <= 197; index++)
    await database?.execute(
      `CREATE TABLE ${AREAS[index % AREAS.length]}_${String(index).padStart(3, '0')} (id INT PRIMARY KEY, note TEXT)`,
    );
}

describe.skipIf(browser === undefined || database === undefined)('connecting data', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    await fillDatabase();
    portal = await openPortal({ browser, prepare: (folder) => writeSmallProject(folder) });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('leads from a system to a pipeline that is ready to run', async () => {
    if (database === undefined) return;
    const { host, port, user, password, name } = { ...database.config, name: database.name };
    const page = await portal.open('/');
    await page.getByRole('heading', { name: 'Connect your first data' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'home-empty');
    await page.getByRole('link', { name: 'Connect data' }).click();

    await page.getByRole('heading', { name: 'Where do your tables come from?' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'connect-system');
    await page.getByRole('button', { name: /MySQL and MariaDB/ }).click();

    await page.getByLabel('Name of the connection').fill('shop');
    await page.getByLabel('Host').fill(host);
    await page.getByLabel('Port').fill(String(port));
    await page.getByLabel('User').fill(user);
    await page.getByLabel('Password').fill('wrong');
    await page.getByLabel('Database').fill(name);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The connection does not work').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(user);
    await axeClean(page);
    await screenshots(page, 'connect-settings-wrong');

    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Test and continue' }).click();
    await page.getByRole('heading', { name: 'Which tables of shop?' }).waitFor();
    await page.getByRole('grid', { name: 'Tables' }).getByText(`${name}.big_orders`).waitFor();
    expect(await page.getByRole('grid', { name: 'Tables' }).getAttribute('aria-rowcount')).toBe('201');
    await screenshots(page, 'connect-tables');

    await page.getByLabel('Find a table').fill('orders');
    const orders = page.getByRole('row').filter({ hasText: `${name}.orders` });
    await orders.getByText('Changes by updated_at').waitFor();
    expect(await orders.textContent()).toContain('the server sets it on every update');
    await orders.getByRole('checkbox').click();
    await page.getByLabel('Find a table').fill('customers');
    const customers = page.getByRole('row').filter({ hasText: `${name}.customers` });
    await customers.getByRole('checkbox').click();
    await page.getByLabel('Find a table').fill('');
    await page.getByText('2 tables chosen of 200').waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'Continue' }).click();

    await page.getByRole('heading', { name: 'Where do they go, and when?' }).waitFor();
    await page.getByRole('combobox', { name: 'Schedule' }).click();
    await page.getByRole('option', { name: /Every hour/ }).click();
    await page.getByText('by_updated_at').first().waitFor();
    await axeClean(page);
    await screenshots(page, 'connect-finish');
    await page.getByRole('button', { name: 'Create pipeline' }).click();
    await page.getByRole('heading', { name: 'shop is ready to run' }).waitFor();
    await screenshots(page, 'connect-ready');

    const text = readFileSync(join(portal.projectFolder, 'pipelines', 'shop.yaml'), 'utf8');
    expect(text).toContain(`- ${name}.customers`);
    expect(text).toContain('cron: "0 * * * *"');
    const project = readFileSync(join(portal.projectFolder, 'millrace.yaml'), 'utf8');
    expect(project).toContain('# Where the exports of the till are put every night.');
    expect(project).toContain('password: "${secret:SHOP_PASSWORD}"');
    expect(project).not.toContain(password);
    expect(portal.complaints).toEqual([]);
    await page.close();
  });

  it('tests, changes and removes a connection without ever showing its secret', async () => {
    if (database === undefined) return;
    const page = await portal.open('/connections');
    await page.getByRole('row').filter({ hasText: 'shop' }).getByRole('button', { name: /Test/ }).click();
    await page.getByText(/^\d+ ms$/).waitFor();
    await axeClean(page);
    await screenshots(page, 'connections');

    await page.getByRole('link', { name: 'shop', exact: true }).click();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(await page.content()).not.toContain(database.config.password);
    await page.getByRole('button', { name: '2 more settings' }).click();
    await page.getByLabel('Connect timeout').fill('7');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Connection shop saved.').waitFor();
    await axeClean(page);
    await screenshots(page, 'connection');
    expect(readFileSync(join(portal.projectFolder, 'millrace.yaml'), 'utf8')).toContain(
      'connectTimeoutSeconds: 7',
    );

    await page.getByLabel('Host').fill('db.elsewhere.example');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Give password again, because host changes').waitFor();

    await page.getByRole('button', { name: 'Remove connection' }).click();
    await page.getByText('The pipeline shop uses it.').waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'Close' }).last().click();

    rmSync(join(portal.projectFolder, 'pipelines', 'shop.yaml'));
    await page.reload();
    await page.getByRole('button', { name: 'Remove connection' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Remove connection' });
    await expect.poll(() => confirm.isDisabled()).toBe(true);
    await dialogClean(page);
    await screenshots(page, 'connection-remove');
    await page.getByLabel(/Type .shop. to confirm/).fill('shop');
    await confirm.click();
    await page.getByText('Connection shop removed.').waitFor();
    expect(readFileSync(join(portal.projectFolder, 'millrace.yaml'), 'utf8')).not.toContain('SHOP_PASSWORD');
    await page.close();
    expect(portal.complaints).toEqual([]);
  });
});
