import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';

const MILLRACE = join(import.meta.dirname, '../../bin/millrace.mjs');
const browser = await openBrowser();

/** Of the small project's orders, those that cost 85 or more are set aside. */
const JUDGED = `version: 1
name: judged
steps:
  orders:
    source: { connection: drop, table: orders }
    checks:
      - range: { column: total, max: 84, onFailure: quarantine, threshold: { maxShare: 1 } }
      - notNull: { columns: [status] }
  publish:
    destination: { from: orders, connection: warehouse, table: mart.orders, key: [id] }
`;

describe.skipIf(browser === undefined)('quality', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) => writeSmallProject(folder, { judged: JUDGED }),
    });
  }, 180_000);
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('shows rows in quarantine, exports, releases and discards them, and what checks found', async () => {
    const page = await portal.open('/quality');
    await page.getByText('Nothing is in quarantine').waitFor();
    await screenshots(page, 'quality-empty');
    await promisify(execFile)(process.execPath, [MILLRACE, 'run', 'judged'], {
      cwd: portal.projectFolder,
      env: { ...process.env, XDG_CONFIG_HOME: join(portal.projectFolder, '.config') },
    });
    // The page hears of the run by itself.
    const groups = page.getByRole('grid', { name: 'Quarantine' });
    await groups.getByText('orders', { exact: true }).click();
    const rows = page.getByRole('grid', { name: 'Rows of orders in quarantine' });
    await rows.getByRole('row').nth(2).waitFor();
    await axeClean(page);
    await screenshots(page, 'quality-quarantine');
    const before = Number(await rows.getAttribute('aria-rowcount')) - 1;
    expect(before).toBeGreaterThan(20);
    const exported = async (format: string): Promise<Buffer> => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: format, exact: true }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download' }).click(),
      ]);
      return readFileSync(await download.path());
    };
    const lines = (await exported('CSV, safe for spreadsheets')).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(before + 1);
    expect(lines[0]).toMatch(/^id,total,status,__millrace_row,__millrace_checks,__millrace_reasons/);
    expect(JSON.parse((await exported('JSON')).toString())).toHaveLength(before);
    // A workbook is an archive.
    expect((await exported('Excel')).subarray(0, 2).toString()).toBe('PK');
    expect((await exported('Parquet')).subarray(0, 4).toString()).toBe('PAR1');
    await rows.getByRole('checkbox').nth(1).click();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByLabel('Why').fill('seen by hand');
    await dialogClean(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByText('1 row is released.').waitFor();
    await page.locator(`[role=grid][aria-rowcount="${before}"]`).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Discard' });
    await page.getByLabel('Why').fill('test orders');
    await confirm.click();
    await page.getByText('Nothing is in quarantine').waitFor();
    // Taken back at once, and later from the list of decisions.
    await page.getByRole('button', { name: 'Undo' }).click();
    await groups.getByText('orders', { exact: true }).click();
    await page.locator(`[role=grid][aria-rowcount="${before}"]`).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByLabel('Why').fill('test orders');
    await confirm.click();
    await page.getByText('Nothing is in quarantine').waitFor();
    await page.getByRole('tab', { name: 'Decisions' }).click();
    const decisions = page.getByRole('grid', { name: 'Decisions' });
    await decisions.getByText('seen by hand').waitFor();
    await decisions.getByText('test orders').waitFor();
    await axeClean(page);
    await screenshots(page, 'quality-decisions');
    await decisions.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('rows are in quarantine again.').last().waitFor();
    await decisions.getByText('test orders').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Checks' }).click();
    await page.getByRole('grid', { name: 'Checks' }).getByText('Passed').first().waitFor();
    await axeClean(page);
    await screenshots(page, 'quality-checks');
    await page.getByRole('tab', { name: 'Unusual figures' }).click();
    await page.getByText('Nothing was unusual').waitFor();
    await page.close();
    expect(portal.complaints).toEqual([]);
  }, 120_000);
});
