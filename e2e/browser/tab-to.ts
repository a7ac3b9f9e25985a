import type { Page } from '@playwright/test';

const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null) return '';
  const label = element.labels?.[0]?.textContent ?? '';
  const labelledBy = (element.getAttribute('aria-labelledby') ?? '').split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  return [element.getAttribute('aria-label') ?? '', label, labelledBy, element.textContent].join(' ');
})()`;

/** Presses Tab until what has the focus is called so; fails when no stop of the page is. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    if (String(await page.evaluate(FOCUSED)).includes(name)) return;
  }
  throw new Error(`Tab reaches nothing that is called "${name}".`);
}
