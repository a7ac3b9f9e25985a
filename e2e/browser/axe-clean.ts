import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from 'vitest';

/**
 * Expects that axe finds nothing on the page as it stands, in light and in dark; or in the part of it that a selector names,
 * for what floats over a page that was looked at already.
 */
export async function axeClean(page: Page, within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // In the page itself, and without a selector for each of thousands of nodes that pass: a fifth of the time.
    const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
    const { violations, passes } = await (within === undefined ? builder : builder.include(within))
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${colorScheme}: ${id}: ${help}: ${node.html}: ${node.failureSummary ?? ''}`),
    );
    expect(found).toEqual([]);
    // A selector that names nothing would be clean as well.
    expect(passes.length).toBeGreaterThan(0);
  }
}

/** The same for the dialog that is open. */
export async function dialogClean(page: Page): Promise<void> {
  await page.getByRole('dialog').first().waitFor();
  await axeClean(page, '[role="dialog"]');
}
