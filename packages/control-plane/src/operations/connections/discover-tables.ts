import type { SourceTable } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { useConnection } from '../../project/connect.ts';
import { rememberSchemas } from '../../project/known-schemas.ts';

/** Tables with columns, keys, sizes and cursor candidates, as the source declares them now. */
export const discoverTables = defineOperation({
  name: 'connections/discover-tables',
  summary: 'Show tables, columns, keys, sizes and cursor candidates of a connection.',
  permission: 'connection.read',
  input: z.strictObject({
    connection: z.string(),
    include: z.array(z.string()).default([]),
    exclude: z.array(z.string()).default([]),
  }),
  output: z.strictObject({ connection: z.string(), tables: z.array(z.custom<SourceTable>()) }),
  async handler(context, { connection, include, exclude }, signal) {
    const { declared, resolved } = await useConnection(context, connection);
    const tables = await context
      .runner()
      .call('discover', { connection: resolved, include, exclude }, signal);
    await rememberSchemas(await context.store(), declared, { include, exclude }, tables);
    return { connection, tables: [...tables] };
  },
});
