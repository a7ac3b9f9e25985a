// One measurement of the designer: `edit COUNT`, `open STEPS` or `pan STEPS`; prints {"seconds": …}.
import type { Page } from '@playwright/test';

import { openBrowser } from '../e2e/browser/browser.ts';
import { openPortal } from '../e2e/browser/portal.ts';
import { largePipeline, SALES, writeShopProject } from '../e2e/browser/shop-project.ts';

const [what = '', amount = ''] = process.argv.slice(2);
const count = Number(amount);

async function main(): Promise<void> {
  const browser = await openBrowser();
  if (browser === undefined) throw new Error('There is no chromium on this machine.');
  try {
    await using portal = await openPortal({
      browser,
      prepare: (folder) => writeShopProject(folder, { sales: SALES, large: largePipeline(count) }),
    });
    // The server has read its code and the browser the portal's, as on any but the first day.
    const first = await portal.open('/pipelines/sales');
    await first.locator('[data-step="wide"]').waitFor();
    const seconds = what === 'edit' ? await edit(first) : await open(() => portal.open('/pipelines/large'));
    console.log(JSON.stringify({ seconds }));
  } finally {
    await browser.close();
  }
}

/** From the last key to the rows of that very text. */
async function edit(page: Page): Promise<number> {
  await page.locator('[data-step="paid"]').click();
  await page.getByRole('region', { name: 'Rows out: paid' }).waitFor();
  await page.locator('[data-field="filter.where"] .cm-content').click();
  const taken: number[] = [];
  for (let index = 1; index <= count + 3; index += 1) {
    await page.keyboard.press('Control+a');
    // Each limit leaves another number of rows, by which they are recognised.
    const shown = page
      .getByRole('region', { name: 'Rows out: paid' })
      .getByText(new RegExp(`^${index * 3} (?:rows )?of `));
    await page.keyboard.insertText(`id <= ${index * 3}`);
    const start = performance.now();
    await shown.waitFor();
    if (index > 3) taken.push(performance.now() - start);
  }
  const sorted = taken.toSorted((left, right) => left - right);
  return (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN) / 1000;
}

async function open(load: () => Promise<Page>): Promise<number> {
  const start = performance.now();
  const page = await load();
  await page.locator('[data-step="f1"]').waitFor();
  if (what === 'open') return (performance.now() - start) / 1000;
  await page.getByText('Saved').first().waitFor();
  return await pan(page);
}

/** The mean time of a frame. */
async function pan(page: Page): Promise<number> {
  const box = await page.getByRole('application', { name: 'Steps of the pipeline' }).boundingBox();
  if (box === null) throw new Error('There is no canvas.');
  await page.waitForTimeout(1000);
  const [x, y] = [box.x + box.width - 40, box.y + 20];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(`(() => {
    window.frames_ = [];
    const note = (at) => { window.frames_.push(at); requestAnimationFrame(note); };
    requestAnimationFrame(note);
  })()`);
  for (let step = 1; step <= 90; step += 1) await page.mouse.move(x - step * 8, y + (step % 30));
  await page.mouse.up();
  const frames = (await page.evaluate('window.frames_')) as readonly number[];
  const [from = 0, to = 0] = [frames[0], frames.at(-1)];
  return (to - from) / (frames.length - 1) / 1000;
}

await main();
