import { temporaryFolder } from '@millrace/connector-sdk/testing';
import type { Browser, Page } from '@playwright/test';

import { startServerProcess } from './server-process.ts';

/** A server of its own with a project of its own, and the portal that it serves. */
export interface Portal extends AsyncDisposable {
  readonly url: string;
  readonly projectFolder: string;
  /** The link that makes the administrator, when the server wants people to sign in. */
  readonly setupUrl: string | undefined;
  /** A page at an address of the portal. What the page logs as an error or asks of another host fails the test. */
  readonly open: (path: string) => Promise<Page>;
  /** Ends the server at once, as a crash would; pages stay open. */
  readonly killServer: () => Promise<void>;
  /** Starts it again at the same address. */
  readonly startServer: () => Promise<void>;
  /** What pages did that they must not: errors, requests to other hosts, answers that nobody expected. */
  readonly complaints: readonly string[];
}

export interface PortalOptions {
  readonly browser: Browser;
  /** Writes the project's files. */
  readonly prepare: (projectFolder: string) => void | Promise<void>;
  /** Beside `serve --port 0`; without sign-in unless said otherwise. */
  readonly arguments?: readonly string[];
}

/** Starts `millrace serve` on a free port; builds the portal before when its sources changed. */
export async function openPortal({
  browser,
  prepare,
  arguments: extra = ['--no-auth'],
}: PortalOptions): Promise<Portal> {
  const folder = temporaryFolder('portal');
  const projectFolder = folder.path;
  await prepare(projectFolder);
  let server = await startServerProcess(projectFolder, ['--port', '0', ...extra]);
  const { url, said } = server;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(15_000);
  // The tour is a test of its own; everywhere else it would stand in the way.
  await context.addInitScript({ content: "localStorage.setItem('millrace.tour', 'done')" });
  const complaints: string[] = [];
  return {
    url,
    projectFolder,
    setupUrl: /https?:\/\/\S+\/setup#\S+/.exec(said)?.[0],
    complaints,
    killServer: () => server.stop('SIGKILL'),
    startServer: async () => {
      server = await startServerProcess(projectFolder, ['--port', new URL(url).port, ...extra]);
    },
    open: async (path) => {
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        const isRefusal = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
      });
      page.on('response', (response) => {
        // 502 is for systems that refuse or fail; 500 is a failure of ours.
        if (response.status() !== 500) return;
        void response
          .text()
          .catch(() => '')
          .then((text) => complaints.push(`${response.url()}: ${text}`));
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url()))
          complaints.push(`asked another host: ${request.url()}`);
      });
      await page.goto(`${url}${path}`);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await server.stop('SIGTERM');
      folder.remove();
    },
  };
}
