import { z } from 'zod';

/** What a person gives to use a DuckDB file. */
export const duckdbConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The database file. A source must exist; a destination is made when it is missing.')
    .meta({ title: 'Path', examples: ['data/warehouse.duckdb'] }),
  memoryLimit: z
    .string()
    .regex(
      /^\d+(\.\d+)?\s?([KMGT]i?B|%)$/u,
      'Write a size such as 4GB, or a share of the memory such as 50%.',
    )
    .optional()
    .describe(
      'Memory the database may use before it spills to disk; without it, 80 % of the machine, and half of it while a server runs.',
    )
    .meta({ title: 'Memory limit', examples: ['4GB'], advanced: true }),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe('Threads of the database; without it, one per core.')
    .meta({ title: 'Threads', examples: [4], advanced: true }),
  busyTimeoutSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('How long to wait for another process that holds the file.')
    .meta({ title: 'Busy timeout', examples: [10], advanced: true }),
});

export type DuckdbConfig = z.infer<typeof duckdbConfig>;
