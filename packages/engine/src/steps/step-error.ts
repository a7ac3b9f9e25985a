import { PipelineError } from '@millrace/connector-sdk';

import { valueError } from '../check/value-error.ts';

/** Why the rows of a step cannot be computed, when that lies in their values; any other error as it is. */
export function toStepError(ref: string, error: unknown): Error {
  if (error instanceof PipelineError) return error;
  const reason = valueError(error);
  return new PipelineError({
    code: 'valueUnrepresentable',
    blame: 'source',
    retry: 'never',
    message: `The rows of ${ref} cannot be computed: ${reason}`,
    cause: error,
  });
}
