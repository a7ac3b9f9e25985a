import { PipelineError } from '@millrace/connector-sdk';
import type { OperationError } from '@millrace/control-plane';
import type { RunEvent } from '@millrace/engine';

import { readServerEvents } from './server-events.ts';
import type { ServerEndpoint } from './server-endpoint.ts';

/** What a server said of an operation that it refused or that failed there. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly said: OperationError;

  constructor(said: OperationError) {
    super(said.message);
    this.said = said;
  }
}

export interface RemoteCall {
  readonly operation: string;
  readonly input: unknown;
  readonly environmentName: string | undefined;
  /** Who calls; a server that was found on the project takes their word. */
  readonly user: string;
  readonly watch: (event: RunEvent) => void;
}

/**
 * Calls an operation of a server and waits for its result, however long that takes; events of its run are seen on the
 * way. When the signal fires the server cancels the work, and its result is what was left of it. Throws `RemoteError`.
 */
export async function callServer(
  endpoint: ServerEndpoint,
  call: RemoteCall,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await send(endpoint, `/api/${call.operation}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(endpoint.isNamed ? {} : { 'millrace-user': encodeURIComponent(call.user) }),
      ...(call.environmentName === undefined ? {} : { 'millrace-environment': call.environmentName }),
    },
    body: JSON.stringify(call.input),
  });
  let cancel: (() => void) | undefined;
  try {
    for await (const { event, data } of readServerEvents(response)) {
      const content: unknown = JSON.parse(data);
      if (event === 'call') {
        cancel = () => void cancelCall(endpoint, String(content)).catch(() => undefined);
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      }
      // The server is the same program: what it sends under a name is what that name stands for.
      if (event === 'run') call.watch(content as RunEvent);
      if (event === 'result') return content;
      if (event === 'error') throw new RemoteError(content as OperationError);
    }
  } catch (error) {
    if (error instanceof RemoteError) throw error;
    throw lostLine(endpoint, error);
  } finally {
    if (cancel) signal.removeEventListener('abort', cancel);
  }
  throw lostLine(endpoint, undefined);
}

async function cancelCall(endpoint: ServerEndpoint, id: string): Promise<void> {
  await send(endpoint, `/api/calls/${id}`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
  });
}

async function send(
  endpoint: ServerEndpoint,
  path: string,
  request: Readonly<{ method: string; headers: Record<string, string>; body?: string }>,
): Promise<Response> {
  const { token } = endpoint;
  let response: Response;
  try {
    response = await fetch(`${endpoint.url}${path}`, {
      ...request,
      headers: { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
  } catch (error) {
    throw lostLine(endpoint, error);
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!isFailure(answer))
    throw new PipelineError({
      code: 'protocolViolation',
      blame: 'config',
      retry: 'never',
      message: `${endpoint.url} answered ${response.status} and is no Millrace server of this version. Check --server.`,
    });
  if (response.status === 401 && endpoint.isNamed) {
    const message = `${answer.error.message} Put an API token into MILLRACE_TOKEN: the portal makes them in Settings, Tokens.`;
    throw new RemoteError({ ...answer.error, message });
  }
  throw new RemoteError(answer.error);
}

function isFailure(answer: unknown): answer is { readonly error: OperationError } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}

function lostLine(endpoint: ServerEndpoint, cause: unknown): PipelineError {
  const reason = cause instanceof Error ? ` (${causeOf(cause)})` : '';
  return new PipelineError({
    code:
      cause instanceof Error && /fetch failed/.test(cause.message) ? 'connectionRefused' : 'connectionLost',
    blame: 'config',
    retry: 'backoff',
    message: `The server ${endpoint.url} does not answer${reason}. Start it with millrace serve, or name another with --server.`,
    cause,
  });
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
