import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { setPaused } from '../../schedules/set-paused.ts';

export const pauseSchedule = defineOperation({
  name: 'schedules/pause-schedule',
  summary: 'Hold the schedule of a pipeline back.',
  permission: 'pipeline.run',
  input: z.strictObject({ pipeline: z.string().min(1) }),
  output: z.strictObject({
    pipeline: z.string(),
    isPaused: z.boolean(),
    nextAt: z.iso.datetime().nullable(),
  }),
  handler: (context, { pipeline }, signal) => setPaused(context, pipeline, true, signal),
});
