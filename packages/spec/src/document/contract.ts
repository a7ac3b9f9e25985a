import { z } from 'zod';

/** What happens when the source's columns change. */
export const contractSchema = z
  .strictObject({
    newColumns: z
      .enum(['evolve', 'ignore', 'stop'])
      .optional()
      .describe(
        'A column appeared. evolve: add it to the destination. ignore: leave it out. stop: fail before anything is written. Default evolve.',
      )
      .meta({ examples: ['evolve'] }),
    typeChanges: z
      .enum(['widen', 'quarantine', 'stop'])
      .optional()
      .describe(
        'A type changed. widen: take the smallest type that keeps every value, else fail. quarantine: keep the old type and set rows aside that do not fit. stop: fail. Default widen.',
      )
      .meta({ examples: ['widen'] }),
    missingColumns: z
      .enum(['fill', 'stop'])
      .optional()
      .describe(
        'A column is gone. fill: NULL from now on. stop: fail before anything is written. Default stop.',
      )
      .meta({ examples: ['stop'] }),
  })
  .describe('What happens when the columns of the source change.')
  .meta({ examples: [{ newColumns: 'evolve', typeChanges: 'widen', missingColumns: 'stop' }] });

export const quarantineSchema = z
  .strictObject({
    maxRows: z
      .int()
      .min(0)
      .optional()
      .describe('More rejected rows than this in one load of one table fail it. Default 1000.')
      .meta({ examples: [1000] }),
    maxShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('A larger share of rejected rows than this fails the load; 0 to 1. Default 0.01.')
      .meta({ examples: [0.01] }),
  })
  .describe(
    'How many rows with values that cannot be kept may be set aside before the load fails and publishes nothing.',
  )
  .meta({ examples: [{ maxRows: 1000, maxShare: 0.01 }] });

export const metadataColumnsSchema = z
  .array(z.enum(['runId', 'loadedAt']))
  .describe(
    'Columns about the load itself to add to the destination: runId as _millrace_run_id, loadedAt as _millrace_loaded_at. Default none.',
  )
  .meta({ examples: [['runId', 'loadedAt']] });
