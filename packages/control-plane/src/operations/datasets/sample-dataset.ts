import { duckdbDialect, quoteIdentifier } from '@millrace/sql';
import { z } from 'zod';

import { datasetRef } from '../../catalogue/dataset-schema.ts';
import { findDataset } from '../../catalogue/find-dataset.ts';
import { defineOperation } from '../../operation.ts';
import { askedConnection, openHostedWarehouse } from '../../warehouse/ask-warehouse.ts';

/** Some rows as they were published: what a mask hid before that stays hidden. */
export const sampleDataset = defineOperation({
  name: 'datasets/sample-dataset',
  summary: 'Show some rows of a dataset.',
  permission: 'data.read',
  input: datasetRef.extend({ limit: z.int().min(1).max(1000).default(100) }),
  output: z.strictObject({
    columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.string().nullable())),
  }),
  async handler(context, { connection, name, limit }, signal) {
    const dataset = await findDataset(context, { connection, name });
    const table = [dataset.schema_name, dataset.table_name]
      .filter((part) => part !== null)
      .map((part) => quoteIdentifier(duckdbDialect, part))
      .join('.');
    const sql = `SELECT * FROM ${table} LIMIT ${limit}`;
    const asked = await askedConnection(context, connection);
    await using hosted = await openHostedWarehouse(context, asked);
    const { columns, rows } =
      hosted === undefined
        ? await context.runner().call('query', { connection: asked.resolved, sql, maxRows: limit }, signal)
        : await hosted.destination.query({ sql, maxRows: limit, tables: hosted.tables }, signal);
    return {
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
      rows: rows.map((row) => [...row]),
    };
  },
});
