import { PipelineError } from '@millrace/connector-sdk';
import type { QueryResult } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { useConnection } from '../../project/connect.ts';

/** Answers one reading statement in the warehouse, which the warehouse itself protects from being changed. */
export const queryWarehouse = defineOperation({
  name: 'warehouse/query-warehouse',
  summary: 'Ask the warehouse a question in SQL.',
  permission: 'data.read',
  input: z.strictObject({
    sql: z.string().min(1),
    connection: z.string().optional(),
    maxRows: z.int().min(1).max(1_000_000).default(1000),
  }),
  output: z.custom<QueryResult & { readonly connection: string }>(),
  async handler(context, { sql, connection, maxRows }, signal) {
    const project = await context.project();
    const name = connection ?? project.document.defaults?.warehouse;
    if (name === undefined) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${project.file} names no defaults.warehouse. Set it, or name a connection with --connection.`,
      });
    }
    const { resolved } = await useConnection(context, name);
    const result = await context.runner().call('query', { connection: resolved, sql, maxRows }, signal);
    return { connection: name, ...result };
  },
});
