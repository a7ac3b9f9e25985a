import { z } from 'zod';

import { FRESHNESS_STATES } from './freshness.ts';

/** How datasets are named in inputs and outputs. */
export const datasetRef = z.strictObject({
  connection: z.string().min(1),
  /** `mart.orders` */
  name: z.string().min(1),
});

export const freshnessOutput = z.strictObject({
  state: z.enum(FRESHNESS_STATES),
  reason: z.string(),
  /** How long the dataset may go unlooked at; null where nothing tells. */
  expectedWithinMs: z.number().nullable(),
});

/** A dataset as lists show it. */
export const listedDataset = z.strictObject({
  connection: z.string(),
  name: z.string(),
  pipeline: z.string(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  rows: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  version: z.number().nullable(),
  publishedAt: z.iso.datetime().nullable(),
  /** When a run last found it as the source is. */
  checkedAt: z.iso.datetime().nullable(),
  freshness: freshnessOutput,
});

export type ListedDataset = z.output<typeof listedDataset>;
