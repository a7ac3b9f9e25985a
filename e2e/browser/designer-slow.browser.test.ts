import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from './browser.ts';
import { openDrawing } from './drawing.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { SALES, writeShopProject } from './shop-project.ts';

const browser = await openBrowser();
const WITHIN = { timeout: 15_000 };
const named = (name: string): string =>
  SALES.replace('name: sales', `name: ${name}`).replaceAll('mart.', `${name}.`);

/** Holds every call of an operation back until it is let go. */
async function hold(
  page: Page,
  operation: string,
): Promise<{ readonly asked: () => number; letGo: () => void }> {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  await page.route(`**/api/${operation}`, async (route) => {
    asked += 1;
    await gate.promise;
    await route.continue();
  });
  return { asked: () => asked, letGo: () => gate.resolve() };
}

describe.skipIf(browser === undefined)('the designer before a slow server', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeShopProject(folder, { edited: named('edited'), early: named('early'), beside: named('beside') }),
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('keeps what is typed while it saves, and saves again in turn', async () => {
    const page = await portal.open('/pipelines/edited');
    const { card, field } = await openDrawing(page);
    const where = field('filter.where').locator('.cm-content');
    const type = async (text: string): Promise<void> => {
      await where.click();
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
    };
    await card('paid').click();
    await type('total > 1');
    const saving = await hold(page, 'pipelines/save-pipeline');
    await page.keyboard.press('Control+s');
    await expect.poll(saving.asked, WITHIN).toBe(1);
    await type('total > 12');
    await page.keyboard.press('Control+s');
    await type('total > 123');
    saving.letGo();
    // The second begins with what the first has written, and takes what is there by then.
    await expect.poll(saving.asked, WITHIN).toBe(2);
    const file = join(portal.projectFolder, 'pipelines/edited.yaml');
    await expect.poll(() => readFileSync(file, 'utf8'), WITHIN).toContain('where: "total > 123"');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    expect(await where.innerText()).toBe('total > 123');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.close();
  });

  it('adds the connection that was asked for before it was known', async () => {
    const page = await portal.open('/home');
    const connections = await hold(page, 'connections/list-connections');
    await page.goto(`${portal.url}/pipelines/early`);
    const { card } = await openDrawing(page);
    await page.getByRole('application', { name: 'Steps of the pipeline' }).focus();
    await page.keyboard.press('/');
    await page.locator('[data-part="palette"] :focus').waitFor();
    await page.keyboard.type('shop');
    await page.keyboard.press('Enter');
    await expect.poll(connections.asked, WITHIN).toBeGreaterThan(0);
    expect(await card('source').count()).toBe(0);
    connections.letGo();
    await card('source').waitFor();
    await page.locator('[data-part="canvas"]:focus').waitFor();
    await page.close();
  });

  it('shows a step that is added where nobody looks', async () => {
    const page = await portal.open('/pipelines/beside');
    const { card } = await openDrawing(page);
    const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
    await card('wide').click();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('+');
    await page.locator('[data-palette="sort"]').click();
    await card('sort').waitFor();
    const isSeen = async (): Promise<boolean> => {
      const [inside, around] = [await card('sort').boundingBox(), await canvas.boundingBox()];
      if (inside === null || around === null) return false;
      return (
        inside.x >= around.x &&
        inside.y >= around.y &&
        inside.x + inside.width <= around.x + around.width &&
        inside.y + inside.height <= around.y + around.height
      );
    };
    await expect.poll(isSeen, WITHIN).toBe(true);
    await page.close();
  });
});
