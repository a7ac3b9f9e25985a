import type { QuarantineGroup } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { quarantineRequest, selectionSchema, withScratch } from '../../quarantine/ask-quarantine.ts';

/** What is in quarantine, by pipeline, step and reason. */
export const listQuarantine = defineOperation({
  name: 'quarantine/list-quarantine',
  summary: 'List what is in quarantine, by step and reason.',
  permission: 'run.read',
  input: z.strictObject({ pipeline: z.string().optional(), ...selectionSchema }),
  output: z.strictObject({ groups: z.array(z.custom<QuarantineGroup>()) }),
  async handler(context, { pipeline, ...selection }, signal) {
    const request = await quarantineRequest(context, pipeline, selection);
    const groups = await withScratch(request, () => context.runner().call('listQuarantine', request, signal));
    return { groups: [...groups] };
  },
});
