import { locateNowhere } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import {
  checkSettings,
  connectionSettings,
  findConnector,
  keptSecrets,
} from '../../project/connection-settings.ts';
import { requireConnection } from '../../project/require-connection.ts';
import { resolveConnections } from '../../project/resolve-connections.ts';

/**
 * Connects and logs in with settings that are not saved. Secrets that are left out are those of the connection `keptFrom`;
 * what is given goes to the runner and nowhere else.
 */
export const checkConnectionSettings = defineOperation({
  name: 'connections/check-settings',
  summary: 'Connect and log in with settings before they are saved.',
  permission: 'connection.write',
  input: z.strictObject({
    type: z.string(),
    settings: connectionSettings,
    keptFrom: z.string().optional(),
  }),
  output: z.strictObject({ product: z.string(), version: z.string(), milliseconds: z.number() }),
  async handler(context, { type, settings, keptFrom }, signal) {
    const project = await context.project();
    const definition = await findConnector(context, type);
    const before = keptFrom === undefined ? {} : requireConnection(project, keptFrom);
    const whole = { ...keptSecrets(definition, before, settings), ...settings };
    checkSettings(context, definition, whole);
    const name = keptFrom ?? 'draft';
    const declared = {
      name,
      connector: type,
      definition,
      settings: whole,
      locate: locateNowhere('settings'),
    };
    const connection = (await resolveConnections(project, [declared], context))[name];
    if (connection === undefined) throw new TypeError('The settings were neither resolved nor refused.');
    const start = performance.now();
    const { product, version } = await context.runner().call('check', { connection }, signal);
    return { product, version, milliseconds: Math.round(performance.now() - start) };
  },
});
