import { z } from 'zod';

import { parameterValuesSchema } from './parameters.ts';
import { sizeSchema } from './schema-parts.ts';

/** A connection: its connector and the connector's own settings, which the connector checks. */
export const connectionSchema = z
  .looseObject({
    type: z
      .string()
      .min(1)
      .describe('The connector.')
      .meta({ examples: ['postgres'] }),
  })
  .describe('A system to read from or write to.');

export const connectionsSchema = z
  .record(z.string(), connectionSchema)
  .describe('Systems by name. Values may be ${env:NAME} or ${secret:NAME}.')
  .meta({ examples: [{ shop: { type: 'postgres', host: 'db.example.com' } }] });

const retentionSchema = z
  .strictObject({
    packages: z
      .int()
      .min(0)
      .optional()
      .describe('Load packages to keep per table beyond what the current state needs. Default 3.')
      .meta({ examples: [3] }),
    size: sizeSchema
      .optional()
      .describe(
        'What those packages may take per table, with a unit; the oldest go first, and never what the current state needs. Default 8GiB.',
      )
      .meta({ examples: ['2GiB'] }),
  })
  .describe('How long the past is kept.')
  .meta({ examples: [{ packages: 3, size: '2GiB' }] });

const limitsSchema = z
  .strictObject({
    parallelTables: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Tables in work at the same time. Default: one per processor, at least 4, at most 8.')
      .meta({ examples: [4] }),
    memory: sizeSchema
      .optional()
      .describe('Memory of the staging engine, with a unit: KiB, MiB, GiB, KB, MB, GB.')
      .meta({ examples: ['512MiB'] }),
  })
  .describe('How much of the machine a run may use.')
  .meta({ examples: [{ parallelTables: 4, memory: '512MiB' }] });

export const projectSchema = z
  .strictObject({
    version: z
      .literal(1)
      .describe('Version of the project file.')
      .meta({ examples: [1] }),
    name: z
      .string()
      .min(1)
      .describe('Name of the project.')
      .meta({ examples: ['shop-warehouse'] }),
    connections: connectionsSchema.optional(),
    environments: z
      .record(
        z.string(),
        z.strictObject({
          connections: z
            .record(z.string(), z.record(z.string(), z.unknown()))
            .optional()
            .describe('Settings that replace those of the same connection in this environment.')
            .meta({ examples: [{ warehouse: { path: 'production.db' } }] }),
          parameters: parameterValuesSchema
            .optional()
            .describe(
              'Values of the parameters that pipelines declare; they stand in for the defaults there.',
            )
            .meta({ examples: [{ since: '2026-01-01' }] }),
          limits: limitsSchema.optional(),
          retention: retentionSchema.optional(),
        }),
      )
      .optional()
      .describe('What differs between environments, by name.')
      .meta({ examples: [{ production: { connections: { warehouse: { path: 'production.db' } } } }] }),
    defaults: z
      .strictObject({
        environment: z
          .string()
          .optional()
          .describe('Environment of commands that name none.')
          .meta({ examples: ['development'] }),
        warehouse: z
          .string()
          .optional()
          .describe('Connection that queries use.')
          .meta({ examples: ['warehouse'] }),
      })
      .optional()
      .describe('What holds when nothing is said.')
      .meta({ examples: [{ warehouse: 'warehouse' }] }),
    retention: retentionSchema.optional(),
    limits: limitsSchema.optional(),
  })
  .describe('A Millrace project.');

/** What `millrace.yaml` says. */
export type ProjectDocument = z.infer<typeof projectSchema>;
