import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator, Page } from '@playwright/test';
import { parsePipeline } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { largePipeline, SALES, writeShopProject } from './shop-project.ts';

const browser = await openBrowser();
async function runsOf(url: string, pipeline: string): Promise<readonly { readonly state: string }[]> {
  const response = await fetch(`${url}/api/runs/list-runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pipeline }),
  });
  const answer = (await response.json()) as { readonly runs: readonly { readonly state: string }[] };
  return answer.runs;
}

const EMPTY = (name: string): string => `# by hand\nversion: 1\nname: ${name}\nsteps: {}\n`;

/** The filters of a large pipeline in groups of twenty. */
function inSections(text: string): string {
  const names = [...text.matchAll(/^ {2}(f\d+):/gm)].map(([, name]) => name);
  const groups = Array.from(
    { length: Math.ceil(names.length / 20) },
    (_, index) => `  Section ${index + 1}: [${names.slice(index * 20, index * 20 + 20).join(', ')}]\n`,
  );
  return `${text.replace('name: large', 'name: sections')}groups:\n${groups.join('')}`;
}

describe.skipIf(browser === undefined)('the designer', () => {
  let portal: Portal;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({
      browser,
      prepare: (folder) =>
        writeShopProject(folder, {
          sales: SALES,
          mouse: EMPTY('mouse'),
          keys: EMPTY('keys'),
          dropped: EMPTY('dropped'),
          large: largePipeline(300),
          grouped: SALES.replace('name: sales', 'name: grouped').replaceAll('mart.', 'grouped.'),
          sections: inSections(largePipeline(90)),
          ran: SALES.replace('name: sales', 'name: ran').replaceAll('mart.', 'ran.'),
          beside: SALES.replace('name: sales', 'name: beside').replaceAll('mart.', 'beside.'),
        }),
    });
  });
  afterAll(async () => {
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  const fileOf = (name: string): string => join(portal.projectFolder, 'pipelines', `${name}.yaml`);
  const stepsOf = (name: string): unknown => {
    const { document, diagnostics } = parsePipeline(readFileSync(fileOf(name), 'utf8'), name);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return document?.steps;
  };
  const openDesigner = async (pipeline: string): Promise<Page> => {
    const page = await portal.open(`/pipelines/${pipeline}`);
    page.setDefaultTimeout(15_000);
    await page.getByRole('application', { name: 'Steps of the pipeline' }).waitFor();
    return page;
  };

  it('draws a pipeline by mouse: source, filter, join, aggregate, destination', async () => {
    const page = await openDesigner('mouse');
    const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
    const card = (name: string): Locator => page.locator(`[data-step="${name}"]`);
    const field = (path: string): Locator => page.locator(`[data-field="${path}"]`);
    const fromPalette = async (id: string, x: number, y: number): Promise<void> => {
      await page.locator(`[data-palette="${id}"]`).dragTo(canvas, { targetPosition: { x, y } });
    };
    /** Pulls a connection out of a card, and chooses what follows. */
    const pull = async (name: string, verb: string, x: number, y: number): Promise<void> => {
      const port = await card(name).locator('.react-flow__handle.source').boundingBox();
      const box = await canvas.boundingBox();
      if (port === null || box === null) throw new Error(`no port of ${name}`);
      await page.mouse.move(port.x + 5, port.y + 5);
      await page.mouse.down();
      await page.mouse.move(box.x + x, box.y + y, { steps: 8 });
      await page.mouse.up();
      await page.getByRole('option', { name: new RegExp(`^${verb} `) }).click();
    };

    await fromPalette('source:shop', 140, 120);
    await field('source.table').getByRole('textbox').fill('orders');
    await page.getByText('Rows out').waitFor();
    await page.getByRole('gridcell', { name: 'cancelled' }).first().waitFor();
    await fromPalette('source:shop', 140, 260);
    await field('source.table').getByRole('textbox').fill('customers');

    await pull('source', 'filter', 380, 60);
    await field('filter.where').locator('.cm-content').click();
    await page.keyboard.type("statuss = 'paid'");
    await field('filter.where')
      .getByText(/There is no column/)
      .waitFor();
    await card('filter').getByRole('button', { name: '1 problem' }).waitFor();
    await screenshots(page, 'designer-wrong');
    await field('filter.where').getByRole('button', { name: "status = 'paid'" }).click();
    await field('filter.where')
      .getByText(/There is no column/)
      .waitFor({ state: 'hidden' });

    await pull('filter', 'join', 440, 200);
    const target = await card('join').locator('.react-flow__handle.target').nth(1).boundingBox();
    const from = await card('source2').locator('.react-flow__handle.source').boundingBox();
    if (target === null || from === null) throw new Error('no ports');
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(target.x + 5, target.y + 5, { steps: 8 });
    await page.mouse.up();
    await field('join.on').getByRole('combobox', { name: 'On: New column' }).fill('customer_id');
    await page.keyboard.press('Enter');
    await field('join.on').getByRole('combobox', { name: 'On: customer_id' }).fill('id');
    await field('join.prefixRight').getByRole('textbox').fill('customer_');

    await pull('join', 'aggregate', 520, 330);
    await field('aggregate.by').getByRole('combobox').fill('customer_country');
    await page.keyboard.press('Enter');
    await field('aggregate.measures').getByRole('textbox', { name: 'Measures: New column' }).fill('revenue');
    await page.keyboard.press('Enter');
    await field('aggregate.measures').locator('.cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('sum(total)');

    await pull('aggregate', 'destination', 600, 100);
    await field('destination.connection').getByRole('combobox').selectOption('warehouse');
    await field('destination.table').getByRole('textbox').fill('mart.by_country');
    await page.getByRole('tab', { name: 'Problems' }).click();
    await page.getByText('No problems').waitFor();
    await page.getByRole('tab', { name: 'Plan' }).click();
    await page.getByText('First run: everything is read and made.').waitFor();
    await page.getByText('warehouse:mart.by_country').waitFor();
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page
      .getByRole('columnheader', { name: /revenue/ })
      .first()
      .waitFor();
    await screenshots(page, 'designer-drawn');

    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    expect(readFileSync(fileOf('mouse'), 'utf8')).toMatch(/^# by hand\n/);
    expect(stepsOf('mouse')).toMatchObject({
      source: { source: { connection: 'shop', table: 'orders' } },
      filter: { filter: { from: 'source', where: "status = 'paid'" } },
      join: {
        join: { left: 'filter', right: 'source2', on: { customer_id: 'id' }, prefixRight: 'customer_' },
      },
      aggregate: {
        aggregate: { from: 'join', by: ['customer_country'], measures: { revenue: 'sum(total)' } },
      },
      destination: { destination: { from: 'aggregate', connection: 'warehouse', table: 'mart.by_country' } },
    });

    // What a run would do is shown first; then it runs.
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('dialog').getByText('First run: everything is read and made.').waitFor();
    await dialogClean(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    await page.getByText('The run has started').waitFor();
    await expect
      .poll(() => runsOf(portal.url, 'mouse'), { timeout: 60_000, interval: 500 })
      .toEqual([expect.objectContaining({ state: 'succeeded' })]);

    // Dropped on a connection it comes between.
    const edge = page.locator('.react-flow__edge[data-id="aggregate:from"] .react-flow__edge-interaction');
    const path = await edge.boundingBox();
    const box = await canvas.boundingBox();
    if (path === null || box === null) throw new Error('no edge');
    await fromPalette('sort', path.x - box.x + path.width / 2, path.y - box.y + path.height / 2);
    await card('sort').waitFor();
    await page.getByRole('combobox', { name: 'Reads from from' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Reads from from' }).inputValue()).toBe('join');
    await card('aggregate').click();
    expect(await page.getByRole('combobox', { name: 'Reads from from' }).inputValue()).toBe('sort');
    // Taken out again, its neighbours are connected.
    await card('sort').click();
    await page.keyboard.press('Delete');
    await page.getByRole('dialog', { name: 'Delete sort?' }).waitFor();
    await dialogClean(page);
    await page.getByRole('button', { name: 'Delete and connect the neighbours' }).click();
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    await page.close();
  });

  it('draws the same by keyboard alone', async () => {
    const page = await openDesigner('keys');
    const { keyboard } = page;
    const isAt = async (part: string): Promise<void> => {
      const box = `[data-part="${part}"]`;
      await page.locator(`${box}:focus, ${box} :focus`).first().waitFor({ state: 'attached' });
    };
    /** Searches the palette and adds what is found behind the selected step. */
    const add = async (search: string): Promise<void> => {
      await keyboard.press('/');
      await isAt('palette');
      await keyboard.type(search);
      await keyboard.press('Enter');
      await isAt('canvas');
    };
    /** Goes into the settings and on to the field of this name. */
    const goTo = async (label: RegExp): Promise<void> => {
      const isInside: unknown = await page.evaluate(
        `document.activeElement.closest('[data-part="inspector"]') !== null`,
      );
      if (isInside === false) await keyboard.press('Enter');
      await isAt('inspector');
      for (let press = 0; press < 60; press += 1) {
        const name: unknown = await page.evaluate(
          `document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? ''`,
        );
        if (label.test(String(name))) return;
        await keyboard.press('Tab');
      }
      throw new Error(`${String(label)} cannot be reached by Tab`);
    };
    const back = async (): Promise<void> => {
      // An Escape may be for a list of completions.
      for (let press = 0; press < 3; press += 1) {
        await page.waitForTimeout(100);
        await keyboard.press('Escape');
        await page.waitForTimeout(100);
        if ((await page.locator('[data-part="canvas"]:focus').count()) > 0) return;
      }
      await isAt('canvas');
    };
    await page.getByRole('application', { name: 'Steps of the pipeline' }).focus();

    await add('shop');
    await goTo(/^Table/);
    await keyboard.type('orders');
    await back();
    await add('filter');
    await goTo(/^Where/);
    await keyboard.type("status = 'paid'");
    await back();
    await keyboard.press('Escape');
    await add('shop');
    await goTo(/^Table/);
    await keyboard.type('customers');
    await back();
    // Along the flow: orders, customers, filter.
    await keyboard.press('Tab');
    await keyboard.press('a');
    await page.getByRole('combobox', { name: /Add after|Search steps/ }).waitFor();
    await keyboard.type('join');
    await keyboard.press('Enter');
    await isAt('canvas');
    await goTo(/^Reads from right/);
    await keyboard.type('source2');
    await goTo(/^On: New column/);
    await keyboard.type('customer_id');
    await keyboard.press('Enter');
    await keyboard.type('id');
    await goTo(/^Prefix right/);
    await keyboard.type('customer_');
    await back();
    await add('aggregate');
    await goTo(/^By: Add a column/);
    await keyboard.type('customer_country');
    await keyboard.press('Enter');
    await goTo(/^Measures: New column/);
    await keyboard.type('revenue');
    await keyboard.press('Enter');
    await keyboard.press('Control+a');
    await keyboard.type('sum(total)');
    await back();
    await add('warehouse');
    await goTo(/^Table/);
    await keyboard.type('mart.by_country_keys');
    await back();
    await keyboard.press('Control+s');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    expect(stepsOf('keys')).toMatchObject({
      filter: { filter: { from: 'source', where: "status = 'paid'" } },
      join: {
        join: { left: 'filter', right: 'source2', on: { customer_id: 'id' }, prefixRight: 'customer_' },
      },
      aggregate: {
        aggregate: { from: 'join', by: ['customer_country'], measures: { revenue: 'sum(total)' } },
      },
      destination: {
        destination: { from: 'aggregate', connection: 'warehouse', table: 'mart.by_country_keys' },
      },
    });
    // Back to nothing and forward to all of it.
    for (let press = 0; press < 60; press += 1) await keyboard.press('Control+z');
    await page.getByText('Nothing is drawn yet').waitFor();
    for (let press = 0; press < 60; press += 1) await keyboard.press('Control+y');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    await page.close();
  });

  it('shows canvas and code as one text, and follows the file', async () => {
    const page = await openDesigner('beside');
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    await page.locator('[data-step="wide"]').click();
    await page.locator('.cm-step').getByText('wide:').waitFor();
    // A step is selected by the cursor in its text.
    await page.locator('.cm-line').getByText('byCountry:', { exact: false }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).and(page.locator('[value="byCountry"]')).waitFor();
    await screenshots(page, 'designer-split');
    await axeClean(page);

    // The file changes where nothing was changed here: it is shown.
    const text = readFileSync(fileOf('beside'), 'utf8');
    writeFileSync(fileOf('beside'), text.replace('# everyone', '# everyone there is'));
    await page.getByText('# everyone there is').waitFor();

    // Both change, different steps: saving puts them together.
    await page.locator('[data-step="paid"]').click();
    await page.locator('[data-field="filter.where"] .cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('total > 10');
    await page.getByRole('status').getByText('Not saved').waitFor();
    writeFileSync(fileOf('beside'), text.replace('type: left, ', 'type: inner, '));
    await page.getByText('The file changed underneath. Your changes are still here.').waitFor();
    await page.getByRole('button', { name: 'Put both together' }).click();
    await page.getByText('Saved, together with what changed in the file: customers, wide').waitFor();
    expect(readFileSync(fileOf('beside'), 'utf8')).toBe(
      text.replace('type: left, ', 'type: inner, ').replace("status <> 'cancelled'", '"total > 10"'),
    );

    // Both change one step: nothing is written before a choice.
    await page.locator('[data-step="paid"]').click();
    await page.locator('[data-field="filter.where"] .cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('total > 20');
    const theirs = readFileSync(fileOf('beside'), 'utf8').replace('total > 10', 'total > 30');
    writeFileSync(fileOf('beside'), theirs);
    await page.getByText('The file changed underneath. Your changes are still here.').waitFor();
    await page.getByRole('button', { name: 'Put both together' }).click();
    await page
      .getByRole('dialog')
      .getByText(/somebody changed paid, and so did you/)
      .waitFor();
    expect(readFileSync(fileOf('beside'), 'utf8')).toBe(theirs);
    await dialogClean(page);
    await screenshots(page, 'designer-conflict');
    await page.getByRole('button', { name: 'Take the file, drop mine' }).click();
    await page.locator('[data-field="filter.where"]').getByText('total > 30').waitFor();

    // The text of before can be had again.
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('button', { name: /^1 / }).click();
    await page.getByText('~ paid').waitFor();
    await axeClean(page);
    await screenshots(page, 'designer-history');
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('# everyone', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    expect(readFileSync(fileOf('beside'), 'utf8')).toBe(text);
    await page.close();
  });

  it('shows on the cards how the pipeline runs, and what it counted, until a step is edited', async () => {
    const page = await openDesigner('ran');
    const card = (name: string): Locator => page.locator(`[data-step="${name}"]`);
    const label = (edge: string): Locator => page.locator(`[data-edge="${edge}"]`);
    await card('orders').click();
    await page.getByRole('region', { name: 'Rows out: orders' }).waitFor();
    await label('paid:from').getByText('≈ 3K').waitFor();
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
    // The page is not loaded again: what happens is told to it.
    await card('publishByCountry').getByText('Published').waitFor({ timeout: 60_000 });
    await card('orders').getByText('3K rows').waitFor();
    await card('publishByCountry').getByText('3 rows').waitFor();
    await label('paid:from').getByText('3,000', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await screenshots(page, 'designer-ran');

    await card('paid').click();
    await page.locator('[data-field="filter.where"] .cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('total > 20');
    await card('paid').locator('[data-run]').waitFor({ state: 'detached' });
    expect(await card('orders').locator('[data-run="published"]').count()).toBe(1);
    await card('paid').getByRole('img', { name: 'Changed since the last run' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await card('paid').locator('[data-run="published"]').waitFor();
    await page.close();
  });

  it('copies steps as YAML, and makes steps of YAML', async () => {
    const page = await openDesigner('sales');
    const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
    await page.locator('[data-step="paid"]').click();
    await page.locator('[data-step="wide"]').click({ modifiers: ['Control'] });
    await page.getByText('2 steps selected').first().waitFor();
    await canvas.focus();
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+v');
    await page.locator('[data-step="wide2"]').waitFor();
    await page.locator('[data-step="wide2"]').click();
    expect(await page.getByRole('combobox', { name: 'Reads from left' }).inputValue()).toBe('paid2');
    await canvas.focus();
    await page.keyboard.press('Control+z');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    await page.close();
  });

  it('puts steps together in a group, by mouse and by keyboard, and keeps it in the file', async () => {
    const page = await openDesigner('grouped');
    const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
    const { keyboard } = page;
    const card = (name: string): Locator => page.locator(`[data-step="${name}"]`);
    await card('paid').click();
    await card('wide').click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: 'Group' }).click();
    await page.getByRole('dialog').getByLabel('Name of the group').fill('Clean orders');
    await axeClean(page);
    await keyboard.press('Enter');
    const frame = page.locator('[data-frame="Clean orders"]');
    await frame.waitFor();
    await screenshots(page, 'designer-group-open');
    await axeClean(page);

    // One card for both, with what goes in and out of them.
    await frame.getByRole('button', { name: 'Collapse Clean orders' }).click();
    const group = page.locator('[data-group="Clean orders"]');
    await group.getByText('2 steps').waitFor();
    expect(await card('paid').count()).toBe(0);
    expect(await page.locator('.react-flow__edge').count()).toBe(5);
    await page.getByRole('complementary', { name: 'Settings of the step' }).getByText('wide').waitFor();
    await screenshots(page, 'designer-group');
    await axeClean(page);

    // A double click renames; the whole group moves, is copied and pasted as one.
    await group.dblclick();
    await keyboard.type('Tidy: up');
    await keyboard.press('Enter');
    await page.locator('[data-group="Tidy: up"]').waitFor();
    await canvas.focus();
    await keyboard.press('Control+c');
    await keyboard.press('Control+v');
    await page.locator('[data-frame="Tidy: up2"]').waitFor();
    await keyboard.press('Control+z');

    // By keyboard: from the sources along the flow onto the group, into it and out again.
    await canvas.focus();
    await keyboard.press('Escape');
    for (let press = 0; press < 3; press += 1) await keyboard.press('Tab');
    await page
      .getByText('Tidy: up, group, 2 steps, Reads from orders, customers')
      .waitFor({ state: 'attached' });
    await keyboard.press(' ');
    await card('paid').waitFor();
    await keyboard.press(' ');
    await page.locator('[data-group="Tidy: up"]').waitFor();
    await keyboard.press('Control+s');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    expect(readFileSync(fileOf('grouped'), 'utf8')).toContain('groups: { "Tidy: up": [paid, wide] }');

    // What is wrong inside shows on the card, and a click leads there.
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    await page.locator('.cm-line').getByText("status <> 'cancelled'", { exact: false }).first().click();
    await card('paid').waitFor();
    await page.locator('[data-field="filter.where"] .cm-content').click();
    await keyboard.press('Control+a');
    await keyboard.type('statuss = 1');
    await card('paid').getByRole('button', { name: '1 problem' }).waitFor();
    await page.getByRole('button', { name: 'Collapse Tidy: up' }).click();
    await page.locator('[data-group="Tidy: up"]').getByRole('button', { name: '1 problem' }).click();
    await card('paid').getByRole('button', { name: '1 problem' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await canvas.focus();
    await keyboard.press('Control+Shift+g');
    await page.locator('[data-frame="Tidy: up"]').getByText('1', { exact: true }).waitFor();
    await page.close();
  });

  it('opens a large pipeline with its groups collapsed, and lists them', async () => {
    const page = await openDesigner('sections');
    await page.locator('[data-group="Section 1"]').getByText('20 steps').waitFor();
    expect(await page.locator('[data-step]').count()).toBeLessThan(20);
    const list = page.getByRole('listbox', { name: 'List of steps' });
    await list.getByRole('option', { name: /^Section 1/ }).click();
    await screenshots(page, 'designer-groups-collapsed');
    await list.focus();
    await page.keyboard.press('ArrowRight');
    await list.getByRole('option', { name: /^f1 / }).waitFor();
    await screenshots(page, 'designer-groups-list');
    await axeClean(page);
    await page.close();
  });

  it('makes a source of a file that is dropped', async () => {
    const page = await openDesigner('dropped');
    const transfer = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['id,city\\n1,Kiel\\n2,Lübeck\\n'], 'Ports 2026.csv', { type: 'text/csv' }));
        return transfer;
      })()`,
    );
    const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
    for (const type of ['dragover', 'drop'])
      await canvas.dispatchEvent(type, { dataTransfer: transfer, clientX: 600, clientY: 300 });
    await page.getByText('Ports 2026.csv is a source now').waitFor();
    await page.getByRole('gridcell', { name: 'Lübeck' }).waitFor();
    await page.locator('[data-step="ports_2026"]').waitFor();
    expect(readFileSync(join(portal.projectFolder, 'millrace.yaml'), 'utf8')).toContain('uploads: {');
    await page.close();
  });

  it('opens 300 steps, and draws what can be seen', async () => {
    const page = await openDesigner('large');
    await page.locator('[data-step="f1"]').waitFor();
    // Of 300 cards, those that the window shows.
    const drawn = await page.locator('[data-step]').count();
    expect(drawn).toBeGreaterThan(5);
    expect(drawn).toBeLessThan(100);
    const list = page.getByRole('listbox', { name: 'List of steps' });
    await list.getByRole('option', { name: /^customers/ }).click();
    await page
      .getByRole('textbox', { name: 'Name', exact: true })
      .and(page.locator('[value="customers"]'))
      .waitFor();
    await page.getByRole('application', { name: 'Steps of the pipeline' }).focus();
    await list.getByRole('option', { name: /^orders/ }).click();
    await page.getByRole('application', { name: 'Steps of the pipeline' }).focus();
    // Along the flow to what was far outside of the window.
    for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowRight');
    await page.locator('[data-step^="f11"]').first().waitFor();
    await screenshots(page, 'designer-large');
    await page.close();
  });

  it('shows rows in and rows out, and is accessible', async () => {
    const page = await openDesigner('sales');
    await page.getByText('Select a step to see its rows').first().waitFor();
    await screenshots(page, 'designer');
    await page.locator('[data-step="wide"]').click();
    await page.getByRole('region', { name: 'Rows out: wide' }).waitFor();
    await page.getByRole('region', { name: 'Rows in: paid' }).waitFor();
    await screenshots(page, 'designer-rows');
    await axeClean(page);
    expect(portal.complaints).toEqual([]);
    await page.close();
  });
});
