import { request } from 'node:http';
import { controlVariable, readJson } from './server-control.ts';
import type { ControlReply, ControlRequest } from './server-control.ts';
import type { TestServer } from './server.ts';

/** A server that all tests of a run share: its data is common ground, so a test makes tables or databases of its own. */
export type SharedServer = Omit<TestServer, 'stop' | 'restart'>;

/** A server of one test, which may do with it what it likes; stopped by `stop`, `await using`, or at the end of the run. */
export interface PrivateServer extends SharedServer, AsyncDisposable {
  stop(): Promise<void>;
  /** `processId` is another one afterwards. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
}

/** The shared server of that name, started at its first use; or the one-line reason why this machine cannot have it. */
export async function requireServer(name: string): Promise<SharedServer | { readonly skipped: string }> {
  const reply = await ask({ ask: 'shared', name });
  return 'skipped' in reply ? reply : reply.server;
}

/**
 * The same for `describe.skipIf(server === undefined)`: undefined when this machine cannot have the server.
 * The test run says why, once.
 */
export async function testServer(name: string): Promise<SharedServer | undefined> {
  const server = await requireServer(name);
  return 'skipped' in server ? undefined : server;
}

/** Starts another server of that name. `settings` are its own configuration parameters and win over the harness's. */
export async function startPrivateServer(
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PrivateServer | { readonly skipped: string }> {
  const reply = await ask({ ask: 'private', name, settings });
  if ('skipped' in reply) return reply;
  const { id } = reply;
  let { server } = reply;
  let stopped: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    await (stopped ??= ask({ ask: 'stop', id }));
  };
  return {
    ...server,
    get processId() {
      return server.processId;
    },
    stop,
    async restart(mode) {
      const restarted = await ask({ ask: 'restart', id, mode });
      if (!('skipped' in restarted)) server = restarted.server;
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function ask(message: ControlRequest): Promise<Exclude<ControlReply, { readonly error: string }>> {
  const socketPath = process.env[controlVariable];
  if (socketPath === undefined) {
    throw new Error(
      `${controlVariable} is not set: test servers belong to a test run. Run the test with \`npm test -- FILE\`.`,
    );
  }
  const reply = await new Promise<ControlReply>((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'POST', path: '/', agent: false }, (response) => {
      readJson(response).then((body) => resolve(body as ControlReply), reject);
    });
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify(message));
  });
  if ('error' in reply) throw new Error(reply.error);
  return reply;
}
