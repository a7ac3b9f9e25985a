import { z } from 'zod';

export const sqliteConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The database file. A source must exist; a destination is made when it is missing.')
    .meta({ title: 'Path', examples: ['data/shop.db'] }),
  busyTimeoutSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How long to wait for a lock that another process holds.')
    .meta({ title: 'Busy timeout', examples: [30], advanced: true }),
});

export type SqliteConfig = z.output<typeof sqliteConfig>;
