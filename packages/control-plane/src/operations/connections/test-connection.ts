import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { useConnection } from '../../project/connect.ts';

/** Connects and logs in, the way a run would. */
export const testConnection = defineOperation({
  name: 'connections/test-connection',
  summary: 'Connect, log in and say which server answered.',
  permission: 'connection.read',
  input: z.strictObject({ connection: z.string() }),
  output: z.strictObject({
    connection: z.string(),
    type: z.string(),
    product: z.string(),
    version: z.string(),
    milliseconds: z.number(),
  }),
  async handler(context, { connection }, signal) {
    const { declared, resolved } = await useConnection(context, connection);
    const start = performance.now();
    const { product, version } = await context.runner().call('check', { connection: resolved }, signal);
    return {
      connection,
      type: declared.connector,
      product,
      version,
      milliseconds: Math.round(performance.now() - start),
    };
  },
});
