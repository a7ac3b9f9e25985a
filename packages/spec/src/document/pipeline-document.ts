import { z } from 'zod';

import { isCron, isTimezone } from './cron.ts';
import { parametersSchema } from './parameters.ts';
import { durationSchema } from './schema-parts.ts';
import { stepSchema } from './step.ts';

const rowsByStep = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));

/** The pipeline document; `PipelineDocument` is inferred from it. */
export const pipelineSchema = z
  .strictObject({
    version: z
      .literal(1)
      .describe('Version of the language.')
      .meta({ examples: [1] }),
    name: z
      .string()
      .min(1)
      .describe('Name of the pipeline, unique in the project.')
      .meta({ examples: ['shop-orders'] }),
    description: z
      .string()
      .optional()
      .describe('What the pipeline is for.')
      .meta({ examples: ['Orders with their customers, ready for reporting.'] }),
    owner: z
      .string()
      .optional()
      .describe('Who answers for it.')
      .meta({ examples: ['data-team'] }),
    tags: z
      .array(z.string())
      .optional()
      .describe('Words to find it by.')
      .meta({ examples: [['sales']] }),
    schedule: z
      .strictObject({
        cron: z
          .string()
          .refine(isCron, {
            message: 'must be the five fields of cron: minute, hour, day, month, weekday, like */15 * * * *',
          })
          .describe(
            'When to run, in the five fields of cron: minute, hour, day of the month, month, weekday.',
          )
          .meta({ examples: ['*/15 * * * *'] }),
        timezone: z
          .string()
          .refine(isTimezone, { message: 'must be the name of a time zone, like Europe/Berlin or UTC' })
          .optional()
          .describe('Time zone of the fields; UTC when left out.')
          .meta({ examples: ['Europe/Berlin'] }),
        catchUp: z
          .enum(['latest', 'all', 'none'])
          .optional()
          .describe(
            'What to do with times that passed while no server ran. latest (when left out): one run for all of them. all: a run for each, the last thousand at most. none: nothing.',
          )
          .meta({ examples: ['latest'] }),
      })
      .optional()
      .describe('When the pipeline runs by itself, while a server runs on the project (millrace serve).')
      .meta({ examples: [{ cron: '*/15 * * * *', timezone: 'Europe/Berlin' }] }),
    freshness: z
      .strictObject({
        within: durationSchema.describe('How old the data may be.'),
        alert: z
          .array(z.string())
          .optional()
          .describe('Who is told.')
          .meta({ examples: [['ops']] }),
      })
      .optional()
      .describe('How old the data may be. This version does not watch it.')
      .meta({ examples: [{ within: '30m', alert: ['ops'] }] }),
    profile: z
      .enum(['quick', 'full', 'off'])
      .optional()
      .describe(
        'What each run keeps of the values it loads, to tell what is unusual. quick (when left out): NULLs, smallest and largest from the files, means from a sample. full: one more scan of the loaded rows for different values, quantiles, frequent values and shapes. off: nothing.',
      )
      .meta({ examples: ['full'] }),
    parameters: parametersSchema.optional(),
    steps: z
      .record(z.string(), stepSchema)
      .describe('The steps by name.')
      .meta({ examples: [{ orders: { source: { connection: 'shop', table: 'shop.orders' } } }] }),
    tests: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .describe('What must hold.')
            .meta({ examples: ['cancelled orders never count'] }),
          given: rowsByStep
            .describe(
              'Rows of steps, those of sources above all. Columns that are left out are NULL; sources that are left out have no rows.',
            )
            .meta({ examples: [{ orders: [{ id: 1, status: 'cancelled' }] }] }),
          expect: rowsByStep
            .optional()
            .describe(
              'Rows that must come out, by step, in any order. Columns that no row names are not compared.',
            )
            .meta({ examples: [{ daily: [] }] }),
          expectFailures: z
            .record(z.string(), z.array(z.string()))
            .optional()
            .describe(
              'Checks that must fail, by step, under the names that a run shows; every other check of these steps must pass.',
            )
            .meta({ examples: [{ orders: ['notNull(customer_id)'] }] }),
        }),
      )
      .optional()
      .describe('Examples of input and output; `millrace test` runs them over the steps, in memory.')
      .meta({
        examples: [[{ name: 'nothing comes of nothing', given: { orders: [] }, expect: { daily: [] } }]],
      }),
    groups: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .describe(
        'Steps that are drawn as one card while their group is collapsed, by the name of the group; without meaning for a run.',
      )
      .meta({ examples: [{ 'Clean orders': ['paid', 'wide'] }] }),
    layout: z
      .record(z.string(), z.tuple([z.number(), z.number()]))
      .optional()
      .describe('Places of the steps on the canvas; without meaning for a run.')
      .meta({ examples: [{ orders: [0, 0] }] }),
  })
  .describe('A Millrace pipeline.');

/** The authored thing: what a pipeline file says. */
export type PipelineDocument = z.infer<typeof pipelineSchema>;
