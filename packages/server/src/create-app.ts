import type { ProjectHost } from '@millrace/control-plane';
import { Hono } from 'hono';

import { addLiveRoute } from './live/live-route.ts';
import { addOperationRoutes } from './operations/operation-routes.ts';
import { refuse } from './operations/refuse.ts';
import { addPortalRoutes } from './portal/portal-files.ts';
import { authenticate } from './security/authenticate.ts';
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
  readonly portalFolder: string;
  /** Fires when the server stops. */
  readonly stopping: AbortSignal;
}

/** All routes. What stands above a route holds for it: nothing under `/api` is reached without a caller. */
export async function createApp(options: AppOptions): Promise<Hono<ServerEnvironment>> {
  const { host, stopping } = options;
  const app = new Hono<ServerEnvironment>();
  app.use(setSecurityHeaders);
  app.use(checkHost(options.publicHost));
  app.use('/api/*', requireSameOrigin);
  app.use('/api/*', authenticate(options));
  addOperationRoutes(app, options);
  addLiveRoute(app, host.live, stopping);
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
