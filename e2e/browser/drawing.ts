import type { Locator, Page } from '@playwright/test';

/** The designer of a page, as a hand with a mouse uses it. */
export interface Drawing {
  readonly card: (step: string) => Locator;
  /** A setting in the inspector: `join.on`. */
  readonly field: (path: string) => Locator;
  /** Drags an entry of the palette to a place of the canvas: `source:shop`, `filter`. */
  readonly drop: (entry: string, x: number, y: number) => Promise<void>;
  /** Pulls a connection out of a step into the open, and chooses the verb that follows. */
  readonly pull: (step: string, verb: string, x: number, y: number) => Promise<void>;
  /** Pulls a connection from a step to the nth input of another. */
  readonly connect: (from: string, to: string, input: number) => Promise<void>;
}

export async function openDrawing(page: Page): Promise<Drawing> {
  const canvas = page.getByRole('application', { name: 'Steps of the pipeline' });
  await canvas.waitFor();
  const card = (step: string): Locator => page.locator(`[data-step="${step}"]`);
  const boxOf = async (locator: Locator): Promise<{ readonly x: number; readonly y: number }> => {
    const box = await locator.boundingBox();
    if (box === null) throw new Error(`${String(locator)} is not on the page`);
    return box;
  };
  const drag = async (from: Locator, to: { readonly x: number; readonly y: number }): Promise<void> => {
    const port = await boxOf(from);
    await page.mouse.move(port.x + 5, port.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 8 });
    await page.mouse.up();
  };
  const output = (step: string): Locator => card(step).locator('.react-flow__handle.source');
  return {
    card,
    field: (path) => page.locator(`[data-field="${path}"]`),
    drop: (entry, x, y) =>
      page.locator(`[data-palette="${entry}"]`).dragTo(canvas, { targetPosition: { x, y } }),
    pull: async (step, verb, x, y) => {
      const box = await boxOf(canvas);
      await drag(output(step), { x: box.x + x, y: box.y + y });
      await page.getByRole('option', { name: new RegExp(`^${verb} `) }).click();
    },
    connect: async (from, to, input) => {
      const target = await boxOf(card(to).locator('.react-flow__handle.target').nth(input));
      await drag(output(from), { x: target.x + 5, y: target.y + 5 });
    },
  };
}
