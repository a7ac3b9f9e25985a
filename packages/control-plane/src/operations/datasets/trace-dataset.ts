import { z } from 'zod';

import { traceDataset as trace } from '../../catalogue/dataset-lineage.ts';
import { datasetRef } from '../../catalogue/dataset-schema.ts';
import { defineOperation } from '../../operation.ts';
import { readWholePlans } from '../../runs/run-store.ts';

/** What a dataset is made of and what is made of it, by table and column, as the newest runs of all pipelines did it. */
export const traceDataset = defineOperation({
  name: 'datasets/trace-dataset',
  summary: 'Show what a dataset is made of, and what is made of it.',
  permission: 'dataset.read',
  input: datasetRef.extend({
    upstream: z.int().min(0).max(50).default(3),
    downstream: z.int().min(0).max(50).default(3),
  }),
  output: z.strictObject({
    nodes: z.array(
      z.strictObject({
        id: z.string(),
        kind: z.enum(['table', 'step']),
        connection: z.string().nullable(),
        pipeline: z.string().nullable(),
        name: z.string(),
        distance: z.number(),
      }),
    ),
    links: z.array(
      z.strictObject({
        from: z.strictObject({ node: z.string(), column: z.string() }),
        to: z.strictObject({ node: z.string(), column: z.string().nullable() }),
        how: z.string(),
      }),
    ),
  }),
  async handler(context, { upstream, downstream, ...dataset }) {
    const plans = await readWholePlans(await context.store(), undefined);
    const { nodes, links } = trace(plans, dataset, { upstream, downstream });
    return { nodes: [...nodes], links: [...links] };
  },
});
