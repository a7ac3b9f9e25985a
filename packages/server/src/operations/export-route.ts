import { Readable } from 'node:stream';

import { contextOf, isAllowed, openExport, toOperationError } from '@millrace/control-plane';
import type { ProjectHost } from '@millrace/control-plane';
import type { Hono } from 'hono';

import type { ServerEnvironment } from '../server-environment.ts';
import type { Auditor } from './auditor.ts';
import { statusOf } from './error-status.ts';
import { refuse } from './refuse.ts';

export interface ExportRouteOptions {
  readonly host: ProjectHost;
  readonly environmentName: string | undefined;
  readonly audit: Auditor;
}

/** `GET /api/exports/:id`: the file of an export, for the caller who started it. */
export function addExportRoute(
  app: Hono<ServerEnvironment>,
  { host, environmentName, audit }: ExportRouteOptions,
): void {
  app.get('/api/exports/:id', async (c) => {
    const { caller } = c.var;
    const target = c.req.param('id');
    const act = { actor: caller, action: 'warehouse/download-export', target } as const;
    if (!isAllowed(caller.role, 'data.read')) {
      await audit(c, { ...act, outcome: 'denied', reason: 'forbidden' });
      return refuse(c, 403, 'forbidden', `The role ${caller.role} may not download rows.`);
    }
    const context = contextOf(host, { workingFolder: host.projectFolder, environmentName, caller });
    try {
      const file = await openExport(context, target);
      await audit(c, { ...act, outcome: 'done', reason: null });
      return c.body(Readable.toWeb(file.content) as ReadableStream<Uint8Array>, 200, {
        'content-type': file.mediaType,
        'content-length': String(file.sizeBytes),
        'content-disposition': `attachment; filename="${file.fileName}"`,
        'cache-control': 'no-store',
      });
    } catch (thrown) {
      const error = toOperationError(thrown, host.redactor);
      return c.json({ error }, statusOf(error));
    }
  });
}
