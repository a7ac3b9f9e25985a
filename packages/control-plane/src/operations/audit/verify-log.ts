import { z } from 'zod';

import { verifyAudit } from '../../audit/audit-log.ts';
import { defineOperation } from '../../operation.ts';

export const verifyLog = defineOperation({
  name: 'audit/verify-log',
  summary: 'Check that no entry of the audit log was changed or removed.',
  permission: 'audit.read',
  input: z.strictObject({}),
  output: z.strictObject({
    isIntact: z.boolean(),
    entries: z.number(),
    /** The first entry that is not as it was written, or is missing. */
    brokenAt: z.number().nullable(),
    /** Note it elsewhere: it proves later that nothing before it changed. */
    headHash: z.string(),
  }),
  async handler(context, _input, signal) {
    return await verifyAudit(await context.store(), signal);
  },
});
