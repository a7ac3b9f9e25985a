import type { StepPreview } from '@millrace/engine';
import { z } from 'zod';

import { previewDraft as preview } from '../../drafts/preview-draft.ts';
import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';

/** What goes into a step of a text that is being written and what comes out, whatever is wrong elsewhere in it. */
export const previewDraft = defineOperation({
  name: 'pipelines/preview-draft',
  summary: 'Show input and output rows of a step of a text that is not saved, on a sample.',
  permission: 'draft.read',
  input: z.strictObject({
    pipeline: z.string(),
    text: z.string().max(8_000_000),
    step: z.string(),
    rows: z.int().min(1).max(1000).default(100),
    parameters: parameterInput,
    /** Read new samples. */
    isFresh: z.boolean().default(false),
  }),
  output: z.strictObject({
    preview: z.custom<StepPreview>().nullable(),
    /** Why there are no rows, and what to do. */
    reason: z.string().nullable(),
  }),
  async handler(context, { pipeline, text, step, rows, parameters, isFresh }, signal) {
    const draft = { pipeline, text, parameters, isFresh };
    return await preview(context, { ...draft, step, maxRows: rows, isNewSample: isFresh }, signal);
  },
});
