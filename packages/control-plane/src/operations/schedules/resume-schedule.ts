import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { setPaused } from '../../schedules/set-paused.ts';

export const resumeSchedule = defineOperation({
  name: 'schedules/resume-schedule',
  summary: 'Let the schedule of a pipeline go on, with its next time from now.',
  permission: 'pipeline.run',
  input: z.strictObject({ pipeline: z.string().min(1) }),
  output: z.strictObject({
    pipeline: z.string(),
    isPaused: z.boolean(),
    nextAt: z.iso.datetime().nullable(),
  }),
  handler: (context, { pipeline }, signal) => setPaused(context, pipeline, false, signal),
});
