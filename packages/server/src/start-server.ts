import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';
import { PipelineError } from '@millrace/connector-sdk';
import {
  claimServerFile,
  contextOf,
  inviteAdministrator,
  judgeOffline,
  openProjectHost,
  requireNoServer,
  startScheduler,
  startWorker,
  watchDocuments,
} from '@millrace/control-plane';
import type { JudgeText, LiveFeed, ProjectHostOptions } from '@millrace/control-plane';

import { createApp } from './create-app.ts';
import { WorkInFlight } from './operations/work-in-flight.ts';
import { PORTAL_FOLDER } from './portal/build-portal.ts';
import { isLoopback } from './security/host-check.ts';

export interface ServerOptions extends ProjectHostOptions {
  readonly environmentName?: string | undefined;
  /** 0 takes any that is free. */
  readonly port: number;
  /** The address to listen at; this machine only when left out. */
  readonly address?: string | undefined;
  /** How browsers reach it, when that is not this machine: `https://…` of the proxy in front of it. */
  readonly publicUrl?: string | undefined;
  /** Addresses and networks of proxies that say in `X-Forwarded-For` where a request comes from; none when left out. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Nobody signs in. Refused unless only this machine can connect. */
  readonly isAuthOff?: boolean;
  readonly portalFolder?: string;
}

/** A server that answers; ends with its disposal. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  /** While nobody can sign in: the link that makes the first administrator, once and for half an hour. */
  readonly setupUrl: string | undefined;
  /** Lets programs on this machine in, as the project's owner. */
  readonly token: string;
  /** Every route that it answers, middleware left out. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** What its listeners hear. */
  readonly live: LiveFeed;
}

/** What is in work when the server stops has so long to end by itself. */
const STOP_GRACE_MS = 5_000;

/** Starts the server of one project. Throws `configInvalid` when it may not or cannot listen as asked. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const address = options.address ?? '127.0.0.1';
  const isAuthOff = options.isAuthOff ?? false;
  const publicUrl = checkReach(address, isAuthOff, options.publicUrl);
  requireNoServer(options.projectFolder);
  await using stack = new AsyncDisposableStack();
  const host = stack.use(openProjectHost(options));
  const store = await host.store();
  stack.use(await watchDocuments(host));
  const stopping = new AbortController();
  const work = new WorkInFlight();
  let fetch: (request: Request, env: never) => Response | Promise<Response> = () =>
    new Response('Starting.', { status: 503 });
  // The adaptor makes an HTTP/1.1 server unless it is given another.
  const server = createAdaptorServer({ fetch: (request, env) => fetch(request, env as never) }) as Server;
  const port = await listen(server, options.port, address);
  stack.defer(async () => {
    await close(server, stopping);
    // Its results and its entries of the audit log still need the store.
    await work.settle(STOP_GRACE_MS);
  });
  const url = publicUrl?.origin ?? `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const file = stack.use(claimServerFile(options.projectFolder, `http://${hostOf(address)}:${port}`));
  const app = await createApp({
    host,
    environmentName: options.environmentName,
    localToken: file.token,
    isAuthOff,
    publicHost: publicUrl?.host,
    port,
    trustedProxies: options.trustedProxies ?? [],
    portalFolder: options.portalFolder ?? PORTAL_FOLDER,
    stopping: stopping.signal,
    work,
  });
  fetch = app.fetch;
  const setupToken = isAuthOff ? undefined : await inviteAdministrator(store, Date.now());
  const onError = (error: unknown): void => {
    process.stderr.write(
      `${host.redactor.text(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
    );
  };
  stack.use(await startWorker(host, { environmentName: options.environmentName, onError }));
  // A context each time: the project's own file may have changed.
  const judge: JudgeText = (pipeline) =>
    judgeOffline(
      contextOf(host, {
        workingFolder: options.projectFolder,
        environmentName: options.environmentName,
      }),
      stopping.signal,
    )(pipeline);
  stack.use(await startScheduler(host, { judge, onError }));
  const resources = stack.move();
  return {
    url,
    setupUrl: setupToken === undefined ? undefined : `${url}/setup#${setupToken}`,
    token: file.token,
    routes: app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => ({ method, path })),
    live: host.live,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The address that programs on this machine use. */
function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return address.includes(':') ? `[${address}]` : address;
}

function checkReach(address: string, isAuthOff: boolean, publicUrl: string | undefined): URL | undefined {
  if (isAuthOff && (!isLoopback(address) || publicUrl !== undefined))
    throw wrong(
      'Without sign-in the server can be for this machine only: leave out --no-auth, or --host and --url.',
    );
  if (publicUrl === undefined) {
    if (isLoopback(address)) return undefined;
    throw wrong(
      `At ${address} other machines can connect, and passwords need TLS on the way: put a proxy with TLS in front, and say its address with --url https://…`,
    );
  }
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (url?.protocol !== 'https:')
    throw wrong(`--url takes an address that begins with https://, not "${publicUrl}".`);
  return url;
}

function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? wrong(
              `Port ${port} of ${address} is in use. Stop what uses it, or choose another: --port ${port + 1}`,
            )
          : wrong(`The server cannot listen at ${address}, port ${port}: ${error.message}`),
      );
    });
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port));
  });
}

async function close(server: Server, stopping: AbortController): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  stopping.abort(
    new PipelineError({
      code: 'cancelled',
      blame: 'platform',
      retry: 'backoff',
      message: 'The server stops.',
    }),
  );
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
  await closed;
  clearTimeout(timer);
}

function wrong(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
