import type { OperationError, OperationInput, OperationName, OperationOutput } from '@millrace/control-plane';

/** What the server answers when an operation fails: the thing, the reason, the next step. */
export class CallError extends Error {
  readonly code: string;
  readonly status: number;
  readonly diagnostics: OperationError['diagnostics'];

  constructor(status: number, error: OperationError) {
    super(error.message);
    this.name = 'CallError';
    this.status = status;
    this.code = error.code;
    this.diagnostics = error.diagnostics;
  }
}

/** Calls an operation of the server. Throws `CallError` for what it refuses. */
export async function call<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  signal?: AbortSignal,
): Promise<OperationOutput<Name>> {
  const response = await fetch(`/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer as OperationOutput<Name>;
  throw new CallError(response.status, (answer as { readonly error: OperationError }).error);
}
