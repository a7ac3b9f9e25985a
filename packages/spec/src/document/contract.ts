import { z } from 'zod';

/** What happens when tables, columns and types of the source change. */
export const contractSchema = z
  .strictObject({
    newTables: z
      .enum(['evolve', 'freeze', 'discardRow', 'pauseTable'])
      .optional()
      .describe(
        'For replicate: a table appeared that the last run did not know. evolve: copy it. freeze: its load fails. discardRow: leave it out and say so. pauseTable: it waits until the document says otherwise. Default evolve.',
      )
      .meta({ examples: ['pauseTable'] }),
    missingTables: z
      .enum(['evolve', 'freeze', 'pauseTable'])
      .optional()
      .describe(
        'For replicate: a table of the last run is gone. What was published stays in every case. evolve: go on without it and say so. freeze: its load fails. pauseTable: it waits. Default evolve.',
      )
      .meta({ examples: ['freeze'] }),
    newColumns: z
      .enum(['evolve', 'freeze', 'discardValue', 'discardRow', 'quarantine', 'pauseTable', 'ignore', 'stop'])
      .optional()
      .describe(
        'A column appeared. evolve: add it to the destination. freeze (or stop): the load fails before anything is written. discardValue (or ignore): leave the column out. discardRow: drop rows that have a value in it. quarantine: set those rows aside. pauseTable: the table waits, the run goes on. Default evolve.',
      )
      .meta({ examples: ['evolve'] }),
    typeChanges: z
      .enum(['evolve', 'freeze', 'discardValue', 'discardRow', 'quarantine', 'pauseTable', 'widen', 'stop'])
      .optional()
      .describe(
        'A type changed. evolve (or widen): take the smallest type that keeps every value, else fail. freeze (or stop): fail. The others keep the old type; for values that do not fit it, discardValue: NULL instead; discardRow: drop the row; quarantine: set the row aside. pauseTable: the table waits, the run goes on. Default evolve.',
      )
      .meta({ examples: ['quarantine'] }),
    missingColumns: z
      .enum(['evolve', 'freeze', 'pauseTable', 'fill', 'stop'])
      .optional()
      .describe(
        'A column is gone. evolve (or fill): NULL from now on. freeze (or stop): the load fails before anything is written. pauseTable: the table waits, the run goes on. Default freeze.',
      )
      .meta({ examples: ['freeze'] }),
  })
  .describe('What happens when the tables, columns and types of the source change.')
  .meta({ examples: [{ newColumns: 'evolve', typeChanges: 'quarantine', missingColumns: 'freeze' }] });

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
