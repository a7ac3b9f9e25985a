import { z } from 'zod';

import { readHolder } from '../../lease/lease.ts';
import { isProcessAlive } from '../../lease/process-identity.ts';
import { defineOperation } from '../../operation.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { listRuns as listRunRecords } from '../../runs/run-store.ts';

/** A run whose process was killed is `interrupted`: the next run of the pipeline takes it up. */
export type ListedRun = Omit<RunRecord, 'state'> & { readonly state: RunRecord['state'] | 'interrupted' };

/** Runs of the project, newest first. */
export const listRuns = defineOperation({
  name: 'runs/list-runs',
  summary: 'List runs, newest first.',
  permission: 'run.read',
  input: z.strictObject({ pipeline: z.string().optional(), limit: z.int().min(1).max(10_000).default(20) }),
  output: z.strictObject({ runs: z.array(z.custom<ListedRun>()) }),
  async handler(context, { pipeline, limit }) {
    const store = await context.store();
    const records = await listRunRecords(store, { pipeline, limit });
    const runs = await Promise.all(
      records.map(async (record): Promise<ListedRun> => {
        if (record.state !== 'running') return record;
        const holder = await readHolder(store, `pipeline:${record.pipeline}`);
        const isLive = holder?.runId === record.runId && isProcessAlive(holder.owner) !== false;
        return isLive ? record : { ...record, state: 'interrupted' };
      }),
    );
    return { runs };
  },
});
