import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { replicateOrders, writeSmallProject } from './small-project.ts';

const browser = await openBrowser();

function checkedOrders(max: number, least = 10): string {
  return `version: 1
name: checked
steps:
  orders: { source: { connection: drop, table: orders } }
  paid: { filter: { from: orders, where: status = 'paid' } }
  large:
    filter: { from: paid, where: total > ${least} }
    checks: [{ range: { column: total, max: ${max} } }, { notNull: { columns: [id] } }]
  byStatus: { aggregate: { from: paid, by: { status: status }, measures: { orders: count(*) } } }
  publishAll: { destination: { from: orders, connection: warehouse, table: mart.all_orders } }
  publishLarge: { destination: { from: large, connection: warehouse, table: mart.large_orders, key: [id] } }
  publishByStatus: { destination: { from: byStatus, connection: warehouse, table: mart.by_status, key: [status] } }
`;
}

describe.skipIf(browser === undefined)('runs in the portal', () => {
  let portal: Portal;
  let page: Page;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeSmallProject(folder, {
          orders: replicateOrders('orders'),
          nightly: replicateOrders(
            'nightly',
            'schedule: { cron: "30 2 * * *", timezone: Europe/Berlin, catchUp: none }',
          ),
          checked: checkedOrders(50),
        }),
    });
    page = await portal.open('/runs');
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  async function start(pipeline: string): Promise<string> {
    const response = await fetch(`${portal.url}/api/runs/start-run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: portal.url },
      body: JSON.stringify({ pipeline }),
    });
    const { runId } = (await response.json()) as { runId: string };
    return runId;
  }

  it('says what belongs into an empty list', async () => {
    await page.getByText('Nothing ran yet').waitFor();
    await axeClean(page);
    await screenshots(page, 'runs-empty');
  });

  it('lists runs as they happen, and leads to one', async () => {
    const runId = await start('orders');
    await page.getByRole('link', { name: runId }).waitFor();
    await page.getByRole('gridcell', { name: 'Succeeded' }).waitFor({ timeout: 60_000 });
    const card = page.locator('[data-card]');
    await page.getByRole('link', { name: runId }).hover();
    await card.getByText('Succeeded').waitFor();
    await card.getByText('500', { exact: true }).waitFor();
    await axeClean(page, '[data-card]');
    await screenshots(page, 'run-card');
    await page.getByRole('grid', { name: 'Runs' }).getByRole('link', { name: 'orders' }).hover();
    await card.getByText('Orders of the till, as they are.').waitFor();
    await page.getByRole('link', { name: runId }).click();
    await page.getByRole('log').getByText('Published version 1').waitFor();
    await page.getByRole('region', { name: 'Graph of the run' }).getByText('Published').waitFor();
    expect(
      await page.getByRole('region', { name: 'Tables over time' }).getByRole('img').count(),
    ).toBeGreaterThan(0);
    await axeClean(page);
    await screenshots(page, 'run-succeeded');
  });

  it('opens a failed run on its failure, and runs the rest again when the cause is gone', async () => {
    const runId = await start('checked');
    await page.goto(`${portal.url}/runs/${runId}`);
    await page.getByRole('heading', { name: /^large.* failed$/ }).waitFor({ timeout: 60_000 });
    await page.getByText('No run of this pipeline has succeeded yet.').waitFor();
    // The part that failed is selected, and can be seen.
    const failed = page.getByRole('button', { name: /^large.*Failed/ });
    await failed.and(page.locator('[aria-pressed="true"]')).waitFor();
    await page.getByRole('button', { name: 'Run again from large' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'run-failed');
    await page.getByRole('tab', { name: /Checks/ }).click();
    await page.getByRole('gridcell', { name: 'Failed' }).waitFor();
    await page.getByRole('tab', { name: /^Tables/ }).click();
    await screenshots(page, 'run-tables');
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByLabel('Find in the log').fill('attempt 1 begins');
    expect(await page.getByRole('log').locator('time').count()).toBe(1);
    await page.getByLabel('Find in the log').fill('');

    // Only the end of the run, by a click on its last bar; then the whole of it again, by key.
    const log = page.getByRole('log');
    const all = await log.locator('time').count();
    const histogram = page.getByRole('slider', { name: 'Log over time' });
    const box = await histogram.boundingBox();
    if (box === null) throw new Error('no histogram');
    await page.mouse.click(box.x + box.width - 2, box.y + 10);
    await expect.poll(() => log.locator('time').count()).toBeLessThan(all);
    await log.getByText(/The run failed after/).waitFor();
    expect(page.url()).toContain('span=');
    await screenshots(page, 'run-log-span');
    await histogram.press('Escape');
    await expect.poll(() => log.locator('time').count()).toBe(all);
    await histogram.press('Home');
    expect(await histogram.getAttribute('aria-valuetext')).toMatch(/info: \d/);
    await histogram.press('Enter');
    await expect.poll(() => log.locator('time').count()).toBeLessThan(all);
    await page.getByRole('button', { name: 'Show the whole time' }).click();

    writeFileSync(join(portal.projectFolder, 'pipelines', 'checked.yaml'), checkedOrders(500));
    await page.getByRole('button', { name: 'Run the rest again' }).click();
    await page.getByRole('link', { name: `Rerun of ${runId}` }).waitFor();
    await page.getByRole('region', { name: 'Graph of the run' }).waitFor();
    await page.locator('h1').locator('xpath=..').getByText('Succeeded').waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: /^Steps/ }).click();
    const large = page.getByRole('row', { name: /^large/ });
    for (const figure of ['500', '63', '437']) await large.getByText(figure, { exact: true }).waitFor();
    await axeClean(page);
    await screenshots(page, 'run-steps');
    await page.getByRole('tab', { name: 'Log' }).click();
  });

  it('runs again from a part of the graph, with rows that are landed', async () => {
    const before = page.url();
    await page.getByRole('button', { name: /^large/ }).click();
    await page.getByRole('button', { name: 'Run again from here' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'run-node');
    await page.getByRole('button', { name: 'Run again from here' }).click();
    await page.waitForURL((url) => !before.includes(url.pathname));
    await page.locator('h1').locator('xpath=..').getByText('Succeeded').waitFor({ timeout: 60_000 });
    const log = page.getByRole('log');
    await log.getByText('mart.large_orders: Published').waitFor();
    expect(await log.getByText('mart.all_orders').count()).toBe(0);
  });

  it('says what changed since the last good run', async () => {
    writeFileSync(join(portal.projectFolder, 'pipelines', 'checked.yaml'), checkedOrders(20, 5));
    const runId = await start('checked');
    await page.goto(`${portal.url}/runs/${runId}`);
    const trouble = page.getByRole('alert');
    await trouble.getByText(/The pipeline was changed since its last good run/).waitFor({ timeout: 60_000 });
    await trouble.getByText('large changed').waitFor();
    await axeClean(page);
    await screenshots(page, 'run-failed-change');
    await trouble.getByRole('link', { name: 'Compare with earlier texts' }).click();
    await page.getByRole('tab', { name: 'History' }).and(page.locator('[aria-selected="true"]')).waitFor();
  });

  it('shows runs over time, and only those that a filter in the address lets through', async () => {
    await page.goto(`${portal.url}/runs?view=timeline`);
    await page.getByText('4 runs, 2 failed').waitFor();
    await axeClean(page);
    await screenshots(page, 'runs-timeline');
    await page.goto(`${portal.url}/runs?state=failed`);
    await page.getByRole('gridcell', { name: 'Failed' }).first().waitFor();
    expect(await page.getByRole('gridcell', { name: 'Succeeded' }).count()).toBe(0);
    await axeClean(page);
    await screenshots(page, 'runs-list');
  });

  it('pauses a schedule and lets it go on', async () => {
    await page.goto(`${portal.url}/schedules`);
    await page.getByRole('link', { name: 'nightly' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'schedules');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('gridcell', { name: 'Paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('gridcell', { name: 'Active' }).waitFor();
    expect(portal.complaints).toEqual([]);
  });
});
