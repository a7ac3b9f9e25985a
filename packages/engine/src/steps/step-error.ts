import { titleRelation } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import { valueError } from '../check/value-error.ts';

const ADVICE =
  'Correct the value at the source, or let the step say what becomes of it: TRY_CAST, CASE, a convert step.';
/** A second sentence, with which verbs, and DuckDB now and then, say the way out themselves. */
const HAS_ADVICE = /[.!?]\s+\p{Lu}/u;

/** Why the rows of a step cannot be computed, when that lies in their values; any other error as it is. */
export function toStepError(ref: string, error: unknown): Error {
  if (error instanceof PipelineError) return error;
  const reason = valueError(error);
  return new PipelineError({
    code: 'valueUnrepresentable',
    blame: 'source',
    retry: 'never',
    message: `The rows of ${titleRelation(ref)} cannot be computed: ${HAS_ADVICE.test(reason) ? reason : `${reason} ${ADVICE}`}`,
    cause: error,
  });
}
