import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';
import { tabTo } from './tab-to.ts';

const browser = await openBrowser();

describe.skipIf(browser === undefined)('settings that are lists and maps', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({ browser, prepare: (folder) => writeSmallProject(folder) });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  const project = () => readFileSync(join(portal.projectFolder, 'millrace.yaml'), 'utf8');

  it('are filled in by the keyboard, saved, and read again', async () => {
    const page = await portal.open('/connections/drop');
    await page.getByRole('heading', { name: 'drop' }).waitFor();
    const type = (text: string) => page.keyboard.type(text);
    const press = (key: string) => page.keyboard.press(key);
    await tabTo(page, 'Tables');
    await press('Enter');
    await tabTo(page, 'Name to add to Tables');
    await type('orders');
    await press('Enter');
    await page.getByRole('group', { name: 'orders' }).waitFor();
    await page.getByRole('textbox', { name: 'Path' }).focus();
    await type('orders/*.csv');
    await tabTo(page, 'Dialect');
    await press('Enter');
    await tabTo(page, 'Delimiter');
    await type(',');
    await tabTo(page, 'No Quote at all');
    await press('Space');
    await tabTo(page, 'Key');
    await press('Enter');
    await tabTo(page, 'Add to Key');
    await press('Enter');
    // The new row has the focus.
    await type('id');
    await tabTo(page, 'Add to Key');
    await press('Enter');
    await type('day');
    await page.getByRole('button', { name: 'Remove Key 2' }).focus();
    await press('Enter');
    await page.getByRole('textbox', { name: 'Key 1' }).fill('');
    await page.locator('summary').filter({ hasText: /^Key/ }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    // What keeps it from being saved is opened.
    await page.getByRole('textbox', { name: 'Key 1' }).fill('id');
    await axeClean(page);
    await screenshots(page, 'connection-lists-and-maps');
    await page.getByRole('button', { name: 'Save changes' }).focus();
    await press('Enter');
    await page.getByText('Connection drop saved.').waitFor();
    expect(project()).toContain('# Where the exports of the till are put every night.');
    expect(project()).toMatch(
      /tables: \{ ?orders: \{ ?path: "?orders\/\*\.csv"?, dialect: \{ ?delimiter: ",", quote: null ?\}, key: \[id\] ?\} ?\}/,
    );

    await page.reload();
    await page.getByRole('textbox', { name: 'Key 1' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Key 1' }).inputValue()).toBe('id');
    expect(await page.getByRole('checkbox', { name: 'No Quote at all' }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByRole('status').first().waitFor();
    await page.getByLabel('Name to add to Tables').fill('orders');
    await page.getByText('There is orders already.').waitFor();
    await page.getByLabel('Name to add to Tables').fill('');
    await page.getByRole('button', { name: 'Remove orders' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Connection drop saved.').first().waitFor();
    await expect.poll(project).not.toContain('tables');
    expect(portal.complaints).toEqual([]);
    await page.close();
  });
});
