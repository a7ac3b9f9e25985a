import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { registry } from '@millrace/connectors';

import { startServer } from '../start-server.ts';
import type { RunningServer, ServerOptions } from '../start-server.ts';

/** A server on a project of its own, and ways to ask it. */
export interface ServedProject extends AsyncDisposable {
  readonly folder: string;
  readonly server: RunningServer;
  /** A request as any program could send it. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  /** Calls an operation as the project's owner. */
  readonly call: (operation: string, input?: unknown) => Promise<Response>;
}

export async function serveProject(options: Partial<ServerOptions> = {}): Promise<ServedProject> {
  const folder = temporaryFolder('server');
  const portalFolder = join(folder.path, 'portal');
  mkdirSync(join(portalFolder, 'assets'), { recursive: true });
  mkdirSync(join(folder.path, 'pipelines'));
  writeFileSync(join(folder.path, 'millrace.yaml'), 'version: 1\nname: served\n');
  writeFileSync(join(portalFolder, 'index.html'), '<!doctype html><title>Portal</title>');
  writeFileSync(
    join(portalFolder, 'assets', 'index-4f9c1a.js'),
    `export const text = '${'x'.repeat(2000)}';`,
  );
  const server = await startServer({
    projectFolder: folder.path,
    environment: { XDG_CONFIG_HOME: join(folder.path, '.config') },
    registry,
    startRunner: () => {
      throw new TypeError('This test needs no runner.');
    },
    port: 0,
    portalFolder,
    ...options,
  });
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, init);
  return {
    folder: folder.path,
    server,
    request,
    call: (operation, input = {}) =>
      request(`/api/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
        body: JSON.stringify(input),
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder.remove();
    },
  };
}
