import { PipelineError } from '@millrace/connector-sdk';

/** What is wrong with a person's statement. */
export function queryFailure(reason: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'queryFailed', blame: 'config', retry: 'never', message: reason, cause });
}

const PASSED_ON: ReadonlySet<string> = new Set(['cancelled', 'outOfMemory', 'diskFull']);

/** What fails while a person's statement runs is the statement's, unless the machine or the person stopped it. */
export function toQueryFailure(error: unknown): PipelineError {
  if (error instanceof PipelineError && (PASSED_ON.has(error.code) || error.blame === 'config')) return error;
  return queryFailure(error instanceof Error ? error.message : String(error), error);
}
