import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { replicateOrders, writeSmallProject } from './small-project.ts';

const browser = await openBrowser();

describe.skipIf(browser === undefined)('the frame of the portal', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeSmallProject(folder, {
          orders: replicateOrders('orders', 'schedule: { cron: "*/15 * * * *", timezone: Europe/Berlin }'),
          broken: 'version: 1\nname: broken\nsteps:\n  a: { filter: { from: nothing, where: x > 1 } }\n',
        }),
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('loads at most 350 KB of compressed script for the first page', async () => {
    const context = await browser?.newContext();
    if (context === undefined) return;
    const page = await context.newPage();
    const sizes: Promise<number>[] = [];
    const names: string[] = [];
    page.on('requestfinished', (request) => {
      if (request.resourceType() !== 'script') return;
      names.push(request.url());
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(portal.url);
    await page.getByRole('grid', { name: 'All pipelines' }).waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await context.close();
    expect(names.filter((name) => name.includes('jsx-dev'))).toEqual([]);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(350_000);
  });

  it('leads from page to page and keeps to the keyboard', async () => {
    const page = await portal.open('/');
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    expect(await page.title()).toBe('Connections · Millrace');
    await page.getByRole('grid', { name: 'Connections' }).getByRole('link', { name: 'warehouse' }).hover();
    await page.locator('[data-card]').getByText('Used by').waitFor();
    await page.mouse.move(0, 0);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go anywhere, run anything').fill('home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await axeClean(page);
    await screenshots(page, 'home');
    await page.close();
    expect(portal.complaints).toEqual([]);
  });

  it('recovers by itself when the server dies and comes back', async () => {
    const page = await portal.open('/');
    await page.getByRole('grid', { name: 'All pipelines' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await portal.killServer();
    await page.getByText('Reconnecting').waitFor();
    await screenshots(page, 'home-reconnecting');
    rmSync(join(portal.projectFolder, 'pipelines', 'broken.yaml'));
    await portal.startServer();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByText('Nothing needs you').waitFor();
    await page.close();
  });

  it('says what is wrong with an address that leads nowhere', async () => {
    const page = await portal.open('/nowhere');
    await page.getByText('There is no such page').waitFor();
    await axeClean(page);
    await screenshots(page, 'not-found');
    await page.getByRole('link', { name: 'Go to Home' }).click();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.close();
  });
});
