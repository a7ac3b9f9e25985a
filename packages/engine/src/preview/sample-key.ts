import { fingerprint } from '@millrace/compiler';

import type { SampleStep } from './order-samples.ts';

/** The same for samples of the same tables with the same columns, chosen in the same way. */
export function digestOf(steps: readonly SampleStep[]): string {
  return fingerprint(
    steps.map(({ task, matching, note }) => ({
      connection: task.source.connection,
      table: { ...task.source.table.table },
      schema: task.source.schemaFingerprint,
      columns: task.columns.map(({ field, origin }) => ({ field, origin })),
      matching,
      note,
    })),
  ).slice(0, 24);
}
