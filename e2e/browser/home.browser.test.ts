import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { replicateOrders, writeSmallProject } from './small-project.ts';

const browser = await openBrowser();

describe.skipIf(browser === undefined)('home and the list of pipelines', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeSmallProject(folder, {
          orders: replicateOrders(
            'orders',
            'owner: till-team\ntags: [sales]\nschedule: { cron: "0 4 * * *", timezone: Europe/Berlin }\nfreshness: { within: 1d }',
          ),
          'a-pipeline-with-a-name-that-is-much-longer-than-anybody-would-like': replicateOrders(
            'a-pipeline-with-a-name-that-is-much-longer-than-anybody-would-like',
          ).replace('schema: raw', 'schema: copy'),
          broken: 'version: 1\nname: broken\nsteps:\n  a: { filter: { from: nothing, where: x > 1 } }\n',
        }),
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('runs a pipeline from the list and sees it end, here and in a second window', async () => {
    const page = await portal.open('/pipelines');
    const other = await portal.open('/');
    await other.getByText('1 needs you').waitFor();
    await page.getByRole('button', { name: 'Run now: orders' }).click();
    await page.getByText('A run of orders is started.').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'orders' });
    await row.getByText('Healthy').waitFor({ timeout: 60_000 });
    await other.getByRole('row').filter({ hasText: 'orders' }).getByText('Healthy').waitFor();
    await other.close();

    await page.getByLabel('Find a pipeline').fill('sales');
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe('2');
    expect(page.url()).toContain('find=sales');
    await page.getByLabel('Find a pipeline').fill('');
    await page.getByRole('grid', { name: 'Pipelines' }).focus();
    await page.keyboard.press('ArrowDown');
    await axeClean(page);
    await screenshots(page, 'pipelines');
    await page.getByRole('button', { name: 'New pipeline' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('orders');
    await page.getByRole('button', { name: 'Create and draw' }).click();
    await page.getByText('There is a pipeline "orders" already').waitFor();
    await axeClean(page);
    await page.getByRole('textbox', { name: 'Name' }).fill('fresh');
    await page.getByRole('button', { name: 'Create and draw' }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/pipelines/fresh');
    rmSync(join(portal.projectFolder, 'pipelines', 'fresh.yaml'));
    await page.close();
  });

  it('puts what failed first, with why', async () => {
    writeFileSync(join(portal.projectFolder, 'drop', 'orders', 'orders-2.csv'), 'id,total\n1,"broken\n');
    const page = await portal.open('/');
    await page.getByRole('grid', { name: 'All pipelines' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go anywhere, run anything').fill('run orders');
    await axeClean(page);
    await screenshots(page, 'palette');
    await page.keyboard.press('Enter');
    await page
      .getByRole('region', { name: 'Needs you' })
      .getByRole('link', { name: 'Open run' })
      .waitFor({ timeout: 60_000 });
    await axeClean(page);
    await screenshots(page, 'home-incidents');
    await page.close();
    expect(portal.complaints).toEqual([]);
  });

  it('takes a first visitor around, once', async () => {
    const context = await browser?.newContext({
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    });
    if (context === undefined) return;
    const page = await context.newPage();
    await page.goto(portal.url);
    for (const title of [
      'Every kind of thing has its page',
      'Home says what needs you',
      'Start by connecting data',
      'Go anywhere from the keyboard',
    ]) {
      await page.getByText(title).waitFor();
      await axeClean(page, '.driver-popover');
      if (title.startsWith('Start')) await screenshots(page, 'tour');
      await page.getByRole('button', { name: 'Next' }).click();
    }
    await page.getByText('5 of 5').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('4 of 5').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByRole('grid', { name: 'All pipelines' }).waitFor();
    expect(await page.getByText('1 of 5').count()).toBe(0);
    await page.getByRole('button', { name: 'Account and theme' }).click();
    await page.getByRole('menuitem', { name: 'Take the tour' }).waitFor();
    await axeClean(page, '[role="menu"]');
    await page.getByRole('menuitem', { name: 'Take the tour' }).click();
    await page.getByText('1 of 5').waitFor();
    await page.getByRole('button', { name: 'Skip the tour' }).click();
    expect(page.url()).not.toContain('tour');
    await context.close();
  });
});
