import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

const FOLDER = join(import.meta.dirname, 'screenshots');
/** Pictures of the guides; each is called as the screenshot that it is. */
const GUIDE = join(import.meta.dirname, '../../docs/guide/images');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
] as const;

/**
 * Writes `NAME-light-1440.png` and its three siblings into `e2e/browser/screenshots/`, which git ignores: they are for the
 * eyes of whoever changes a screen. With MILLRACE_GUIDE_IMAGES=1 the light, wide one becomes the picture of that name in the
 * guides, where there is one. The page is wide and light again afterwards.
 */
export async function screenshots(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}-${size.width}.png`) });
    }
  }
  const picture = join(GUIDE, `${name}.png`);
  if (process.env['MILLRACE_GUIDE_IMAGES'] === '1' && existsSync(picture))
    copyFileSync(join(FOLDER, `${name}-light-${SIZES[0].width}.png`), picture);
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
