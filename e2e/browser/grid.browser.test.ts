import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { replicateOrders, writeSmallProject } from './small-project.ts';

const browser = await openBrowser();

const HOSTILE = `SELECT i AS id,
  CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'NULL' ELSE 'text' END AS maybe,
  '<img src=x onerror="document.title=1">' || i AS markup,
  chr(27) || '[31mred' || chr(0) || chr(9) || 'tab' || chr(10) || 'line' AS controls,
  'abc' || chr(8238) || 'cba' AS turned,
  '=cmd|''/C calc''!A0' AS formula,
  CASE WHEN i = 3 THEN repeat('x', 1000000) ELSE 'short' END AS big,
  ${Array.from({ length: 60 }, (_, index) => `i * ${index} AS "column ${index}"`).join(', ')}
FROM range(1, 2001) r(i)`;

describe.skipIf(browser === undefined)('the grid of values', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) => writeSmallProject(folder, { orders: replicateOrders('orders') }),
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('shows hostile and huge values as they are, and only what is in sight', async () => {
    const page = await portal.open(`/sql?q=${encodeURIComponent(HOSTILE)}`);
    await page.getByRole('button', { name: /^Run/ }).first().click();
    const grid = page.getByRole('grid', { name: 'Result' });
    await grid.getByText('<img src=x').first().waitFor();
    expect(await grid.locator('img').count()).toBe(0);
    expect(await grid.getByText('NULL', { exact: true }).count()).toBeGreaterThan(0);
    expect(await grid.getByText('‹U+001B›[31mred‹U+0000›⇥tab↵line').count()).toBeGreaterThan(0);
    expect(await grid.getByText('abc‹U+202E›cba').count()).toBeGreaterThan(0);
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('2001');
    expect(await grid.getByRole('gridcell').count()).toBeLessThan(1_500);
    const heights = await grid
      .getByRole('row')
      .evaluateAll((rows) => [...new Set(rows.slice(1).map((row) => row.getBoundingClientRect().height))]);
    expect(heights).toEqual([24]);
    await screenshots(page, 'grid-hostile');
    await page.close();
    // axe looks at each cell: as few as show every kind.
    const few = await portal.open(`/sql?q=${encodeURIComponent(`${HOSTILE} LIMIT 5`)}`);
    await few.getByRole('button', { name: /^Run/ }).first().click();
    await few.getByRole('grid', { name: 'Result' }).getByText('<img src=x').first().waitFor();
    await axeClean(few);
    await few.close();
  });

  it('is walked, read and left with the keyboard', async () => {
    const page = await portal.open(`/sql?q=${encodeURIComponent(HOSTILE)}`);
    await page.getByRole('button', { name: /^Run/ }).first().click();
    const grid = page.getByRole('grid', { name: 'Result' });
    await grid.getByText('<img src=x').first().waitFor();
    await grid.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'End']) await page.keyboard.press(key);
    await grid.getByRole('columnheader').getByText('column 59').waitFor();
    await page.keyboard.press('Home');
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Value of big' });
    await drawer.getByText('#3 · 977 KiB').waitFor();
    await dialogClean(page);
    expect((await drawer.locator('pre').textContent())?.length).toBe(1_000_000);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('2001');
    await page.keyboard.press('Control+End');
    await grid.getByRole('rowheader').getByText('2000', { exact: true }).waitFor();
    await page.close();
    expect(portal.complaints).toEqual([]);
  });
});
