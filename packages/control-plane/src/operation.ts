import type { z } from 'zod';

import type { OperationContext } from './operation-context.ts';

/** What a caller must be allowed to do; checked by the adapter that knows who calls. */
export type Permission =
  | 'project.create'
  | 'connection.read'
  | 'connection.write'
  | 'pipeline.read'
  | 'pipeline.run'
  | 'run.read'
  | 'data.read'
  | 'data.write'
  | 'secret.read'
  | 'secret.write';

/**
 * One use case. HTTP route, OpenAPI, client, CLI verb and agent tool are derived from these, so an operation knows
 * nothing of any of them. Throws `DocumentError` for wrong documents and `PipelineError` for everything else.
 */
export interface Operation<Input = unknown, Output = unknown> {
  /** `<area>/<verb>-<noun>`, as its file. */
  readonly name: string;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  readonly permission: Permission;
  readonly handler: (context: OperationContext, input: Input, signal: AbortSignal) => Promise<Output>;
}

/** Declares an operation; the identity function that gives the definition its types. */
export function defineOperation<Input, Output>(
  operation: Operation<Input, Output>,
): Operation<Input, Output> {
  return Object.freeze(operation);
}
