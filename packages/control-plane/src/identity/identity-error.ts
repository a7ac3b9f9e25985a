import { PipelineError } from '@millrace/connector-sdk';

/** What somebody asked for about users, sessions or tokens, and cannot have so. */
export function identityError(message: string): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message });
}
