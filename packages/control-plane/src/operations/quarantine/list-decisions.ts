import { listDecisions, type DecisionGroup } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { quarantineFolder, readPlans } from '../../quarantine/ask-quarantine.ts';

/** What people decided about rows in quarantine and did not take back, the latest of each pipeline first. */
export const listQuarantineDecisions = defineOperation({
  name: 'quarantine/list-decisions',
  summary: 'List what was decided about rows in quarantine.',
  permission: 'run.read',
  input: z.strictObject({ pipeline: z.string().optional() }),
  output: z.strictObject({ decisions: z.array(z.custom<DecisionGroup>()) }),
  async handler(context, { pipeline }) {
    const plans = await readPlans(context, pipeline);
    const folder = quarantineFolder(context);
    const lists = await Promise.all(plans.map((plan) => listDecisions(folder, plan.pipeline)));
    return { decisions: lists.flat() };
  },
});
