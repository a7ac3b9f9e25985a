import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { ServerPool } from './server-pool.ts';
import type { TestServer } from './server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test process may ask of the process that owns the servers. */
export type ControlRequest =
  | { readonly ask: 'shared'; readonly name: string }
  | { readonly ask: 'private'; readonly name: string; readonly settings: Readonly<Record<string, string>> }
  | { readonly ask: 'stop'; readonly id: number }
  | { readonly ask: 'restart'; readonly id: number; readonly mode: 'fast' | 'immediate' };

export type ControlReply =
  | { readonly id: number; readonly server: Omit<TestServer, 'stop' | 'restart'> }
  | { readonly skipped: string }
  | { readonly error: string };

/** Environment variable with the path of the socket at which the servers of this test run are asked for. */
export const controlVariable = 'MILLRACE_TEST_SERVERS';

export interface ServerControl extends AsyncDisposable {
  readonly socketPath: string;
}

/** Lets other processes use the servers of a pool, over a Unix socket that only this user can open. */
export async function serveControl(pool: ServerPool): Promise<ServerControl> {
  const folder = temporaryFolder('control');
  const socketPath = join(folder.path, 'servers.sock');
  const servers: TestServer[] = [];

  const describe = (server: TestServer): ControlReply => {
    const { name, version, connection, adminConnection, tlsCaFile, processId, dataFolder } = server;
    if (!servers.includes(server)) servers.push(server);
    const optional = {
      ...(adminConnection && { adminConnection }),
      ...(tlsCaFile !== undefined && { tlsCaFile }),
    };
    return {
      id: servers.indexOf(server),
      server: { name, version, connection, processId, dataFolder, ...optional },
    };
  };

  const reply = async (request: ControlRequest): Promise<ControlReply> => {
    if (request.ask === 'shared' || request.ask === 'private') {
      const isShared = request.ask === 'shared';
      const result = await (isShared
        ? pool.shared(request.name)
        : pool.private(request.name, request.settings));
      return 'skipped' in result ? result : describe(result);
    }
    const server = servers[request.id];
    if (server === undefined) return { error: `There is no test server number ${request.id}` };
    if (request.ask === 'stop') await server.stop();
    else if (server.restart === undefined) return { error: `${server.name} cannot be restarted` };
    else await server.restart(request.mode);
    return describe(server);
  };

  const http = createServer((request, response) => {
    void readJson(request)
      .then((body) => reply(body as ControlRequest))
      .catch((error: unknown): ControlReply => ({
        error: error instanceof Error ? error.message : String(error),
      }))
      .then((body) => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(socketPath, resolve);
  });
  // The server must not keep a process alive that has nothing else to do.
  http.unref();
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      folder.remove();
    },
  };
}

/** Collects a whole HTTP message and parses it. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text);
}
