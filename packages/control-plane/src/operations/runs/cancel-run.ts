import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { requestCancel } from '../../queue/cancel-request.ts';
import { recoverRuns } from '../../queue/recover-runs.ts';
import { requireRun } from '../../runs/require-run.ts';
import { runStateSchema } from '../../runs/run-schema.ts';
import { CANCELLED } from '../../runs/run-warning.ts';

/** Cancels a run that waits or is in work, whichever process has it; one that has ended stays as it is. */
export const cancelRun = defineOperation({
  name: 'runs/cancel-run',
  summary: 'Cancel a run that waits or is in work.',
  permission: 'pipeline.run',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.strictObject({
    runId: z.string(),
    /** `running` while the process that has it winds it up, which takes a second or two. */
    state: runStateSchema,
  }),
  async handler(context, { run }) {
    const store = await context.store();
    const { record } = await requireRun(store, run);
    // A run whose process is gone waits again, and ends here and now.
    await recoverRuns(store, record.pipeline);
    const { by, name } = context.caller;
    const reason = by === 'session' || by === 'token' ? `Cancelled by ${name}.` : CANCELLED;
    return { runId: record.runId, state: await requestCancel(store, record, reason) };
  },
});
