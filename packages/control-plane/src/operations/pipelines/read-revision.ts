import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { findRevisionText } from '../../documents/revisions.ts';
import { defineOperation } from '../../operation.ts';

/** An earlier text of a pipeline; `save-pipeline` restores it. */
export const readRevision = defineOperation({
  name: 'pipelines/read-revision',
  summary: 'Read an earlier text of a pipeline.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string(), revision: z.string() }),
  output: z.strictObject({ revision: z.string(), text: z.string() }),
  async handler(context, { pipeline, revision }) {
    const text = await findRevisionText(await context.store(), pipeline, revision);
    if (text !== undefined) return { revision, text };
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `The pipeline "${pipeline}" has no revision ${revision}. See: pipelines/list-revisions.`,
    });
  },
});
