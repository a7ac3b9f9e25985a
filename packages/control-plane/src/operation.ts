import type { z } from 'zod';

import type { Permission } from './identity/permissions.ts';
import type { OperationContext } from './operation-context.ts';

/**
 * One use case. HTTP route, OpenAPI, client, CLI verb and agent tool are derived from these, so an operation knows
 * nothing of any of them. Throws `DocumentError` for wrong documents and `PipelineError` for everything else.
 */
export interface Operation<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** `<area>/<verb>-<noun>`, as its file. */
  readonly name: Name;
  readonly summary: string;
  readonly input: Input;
  readonly output: Output;
  readonly permission: Permission;
  /** It reads or writes files where the caller is, so no server offers it. */
  readonly isLocal?: true;
  handler(context: OperationContext, input: z.output<Input>, signal: AbortSignal): Promise<z.output<Output>>;
}

/** Declares an operation; the identity function that gives the definition its types. */
export function defineOperation<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  operation: Operation<Name, Input, Output>,
): Operation<Name, Input, Output> {
  return Object.freeze(operation);
}
