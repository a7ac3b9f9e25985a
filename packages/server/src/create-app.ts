import { isAllowed } from '@millrace/control-plane';
import type { ProjectHost } from '@millrace/control-plane';
import { Hono } from 'hono';
import type { Context } from 'hono';

import { createAddressOf } from './identity/address-of.ts';
import { identify, requireCaller } from './identity/identify.ts';
import { sessionCookie } from './identity/session-cookie.ts';
import { addSessionRoutes } from './identity/session-routes.ts';
import { addLiveRoute } from './live/live-route.ts';
import { createAuditor } from './operations/auditor.ts';
import { addExportRoute } from './operations/export-route.ts';
import { addOperationRoutes } from './operations/operation-routes.ts';
import { refuse } from './operations/refuse.ts';
import type { WorkInFlight } from './operations/work-in-flight.ts';
import { addPortalRoutes } from './portal/portal-files.ts';
import { checkHost } from './security/host-check.ts';
import { requireSameOrigin } from './security/same-origin.ts';
import { setSecurityHeaders } from './security/security-headers.ts';
import type { ServerEnvironment } from './server-environment.ts';

export interface AppOptions {
  readonly host: ProjectHost;
  readonly environmentName: string | undefined;
  readonly localToken: string;
  readonly isAuthOff: boolean;
  /** Of the public address, when there is one beside this machine's own names. */
  readonly publicHost: string | undefined;
  readonly port: number;
  /** Addresses and networks of proxies whose word about where a request comes from is taken. */
  readonly trustedProxies: readonly string[];
  readonly portalFolder: string;
  /** Fires when the server stops. */
  readonly stopping: AbortSignal;
  readonly work: WorkInFlight;
}

/** All routes. What stands above a route holds for it: but for signing in, nothing under `/api` is reached without a caller. */
export async function createApp(options: AppOptions): Promise<Hono<ServerEnvironment>> {
  const { host, stopping } = options;
  const app = new Hono<ServerEnvironment>();
  app.use(setSecurityHeaders);
  app.use(checkHost(options.publicHost));
  app.use('/api/*', requireSameOrigin);
  const addressOf = createAddressOf(options.trustedProxies);
  const audit = createAuditor(host, addressOf);
  const cookie = sessionCookie(options.publicHost !== undefined, options.port);
  const identity = { ...options, cookie, addressOf };
  addSessionRoutes(app, identity, audit);
  app.use('/api/*', requireCaller(identity, audit));
  addOperationRoutes(app, { ...options, audit });
  addExportRoute(app, { ...options, audit });
  const mayLook = async (c: Context<ServerEnvironment>): Promise<boolean> => {
    const caller = await identify(c, identity, 'look');
    return caller !== undefined && isAllowed(caller.role, 'run.read');
  };
  addLiveRoute(app, { live: host.live, mayLook, stopping });
  app.all('/api/*', (c) => refuse(c, 404, 'routeUnknown', 'There is no such operation.'));
  await addPortalRoutes(app, options.portalFolder);
  app.onError((error, c) => {
    process.stderr.write(`${host.redactor.text(error.stack ?? error.message)}\n`);
    return refuse(
      c,
      500,
      'internal',
      'This is a defect of Millrace; the log of the server says more. Please report it.',
    );
  });
  return app;
}
