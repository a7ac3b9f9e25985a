import { chromium } from '@playwright/test';
import type { Browser } from '@playwright/test';
import { ensureDebianPackages, findProgram } from '@millrace/connector-sdk/testing';

const CHROMIUM = { packages: ['chromium'], binaries: ['chromium'] } as const;

/**
 * The browser of the tests: Debian's chromium, installed on first use like the test servers. Undefined where a machine cannot
 * have it, said in one line; tests are skipped then.
 */
export async function openBrowser(): Promise<Browser | undefined> {
  const problem = await ensureDebianPackages(CHROMIUM, AbortSignal.timeout(170_000));
  const executablePath = findProgram('chromium');
  if (problem !== undefined || executablePath === undefined) {
    console.log(`skipped: tests in a browser: ${problem ?? 'there is no chromium'}`);
    return undefined;
  }
  return await chromium.launch({
    executablePath,
    // Tests run as root in containers, where chromium's own sandbox cannot.
    args: ['--no-sandbox', '--font-render-hinting=none', '--force-color-profile=srgb'],
  });
}
