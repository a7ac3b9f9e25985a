import { hasErrors, type Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { findDocument } from '../../documents/find-document.ts';
import { lastValidRevision, rememberRevision } from '../../documents/revisions.ts';
import { defineOperation } from '../../operation.ts';

/** The text of a pipeline as its file has it now, right or wrong. */
export const readPipeline = defineOperation({
  name: 'pipelines/read-pipeline',
  summary: 'Read the document of a pipeline, with what is wrong in it.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string() }),
  output: z.strictObject({
    pipeline: z.string(),
    /** From the folder of the project. */
    file: z.string(),
    text: z.string(),
    /** Names the text; `save-pipeline` wants to know which one was changed. */
    revision: z.string(),
    isValid: z.boolean(),
    /** What schedules run meanwhile, when the text is wrong; null when there is none. */
    lastValidRevision: z.string().nullable(),
    diagnostics: z.array(z.custom<Diagnostic>()),
  }),
  async handler(context, { pipeline }) {
    const { file, text, draft } = await findDocument(context, pipeline);
    const store = await context.store();
    const isValid = !hasErrors(draft.diagnostics);
    const revision = await rememberRevision(store, { pipeline, text, isValid, origin: 'file', author: null });
    const lastValid = isValid ? { revision } : await lastValidRevision(store, pipeline);
    return {
      pipeline,
      file,
      text,
      revision,
      isValid,
      lastValidRevision: lastValid?.revision ?? null,
      diagnostics: [...draft.diagnostics],
    };
  },
});
