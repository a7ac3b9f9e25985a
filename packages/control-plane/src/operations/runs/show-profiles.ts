import { titleTask, type DatasetProfile } from '@millrace/compiler';
import { z } from 'zod';

import { readProfiles } from '../../history/table-history.ts';
import { defineOperation } from '../../operation.ts';
import { requireRun } from '../../runs/require-run.ts';

/** What the values of a table looked like after a run. */
export interface TableProfile {
  readonly task: string;
  readonly table: string;
  /** Whether it is about all rows, or about those that changed. */
  readonly scope: 'table' | 'changes';
  readonly profile: DatasetProfile;
}

/** The profiles that a run took; those of the last thirty runs are kept. */
export const showProfiles = defineOperation({
  name: 'runs/show-profiles',
  summary: 'Show what the values of the tables of a run look like.',
  permission: 'data.read',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.strictObject({ run: z.string(), tables: z.array(z.custom<TableProfile>()) }),
  async handler(context, { run }) {
    const store = await context.store();
    const found = await requireRun(store, run);
    const { runId } = found.record;
    const titles = new Map(found.plan.tasks.map((task) => [task.id, titleTask(task).table]));
    const profiles = await readProfiles(store, runId);
    return {
      run: runId,
      tables: profiles.map((profile) => ({ ...profile, table: titles.get(profile.task) ?? profile.task })),
    };
  },
});
