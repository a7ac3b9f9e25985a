import { contextOf, isAllowed, operationTable, toOperationError } from '@millrace/control-plane';
import type { Caller, Operation, OperationContext, ProjectHost } from '@millrace/control-plane';
import type { RunEvent } from '@millrace/engine';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';

import type { ServerEnvironment } from '../server-environment.ts';
import { statusOf } from './error-status.ts';
import { OpenCalls } from './open-calls.ts';
import { refuse } from './refuse.ts';
import { toJson } from './to-json.ts';

/** Documents are kilobytes; rows come through connections, not through here. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Proxies and clients give up lines that are silent for long. */
const HEARTBEAT_MS = 15_000;

export interface OperationRoutesOptions {
  readonly host: ProjectHost;
  readonly environmentName: string | undefined;
  /** Fires when the server stops. */
  readonly stopping: AbortSignal;
}

/** `POST /api/<area>/<verb>-<noun>` for every operation that is not for the caller's own files. */
export function addOperationRoutes(app: Hono<ServerEnvironment>, options: OperationRoutesOptions): void {
  const calls = new OpenCalls();
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => refuse(c, 413, 'bodyTooLarge', `The request is larger than ${MAX_BODY_BYTES} bytes.`),
  });
  for (const operation of operationTable.values()) {
    if (operation.isLocal) continue;
    app.post(`/api/${operation.name}`, limit, (c) => answer(c, operation, calls, options));
  }
  app.delete('/api/calls/:id', (c) =>
    calls.cancel(c.var.caller, c.req.param('id'))
      ? c.json({})
      : refuse(c, 404, 'callUnknown', 'There is no such call, or it has ended.'),
  );
}

async function answer(
  c: Context<ServerEnvironment>,
  operation: Operation,
  calls: OpenCalls,
  { host, environmentName, stopping }: OperationRoutesOptions,
): Promise<Response> {
  const { caller } = c.var;
  if (!isAllowed(caller.role, operation.permission))
    return refuse(c, 403, 'forbidden', denial(caller, operation));
  const body = parseBody(await c.req.text());
  if (body === undefined) return refuse(c, 400, 'commandInvalid', 'The body of the request is no JSON.');
  const parsed = operation.input.safeParse(body.value);
  if (!parsed.success) {
    const error = toOperationError(parsed.error, host.redactor);
    return c.json({ error }, statusOf(error));
  }
  const ended = AbortSignal.any([c.req.raw.signal, stopping]);
  const createContext = (watch: (event: RunEvent) => void): OperationContext =>
    contextOf(host, {
      workingFolder: host.projectFolder,
      environmentName: c.req.header('millrace-environment') ?? environmentName,
      caller,
      watch: (event) => {
        host.live.publish({ kind: 'runEvent', event });
        watch(event);
      },
    });
  if (c.req.header('accept') === 'text/event-stream')
    return streamAnswer(c, operation, parsed.data, calls, ended, createContext);
  try {
    const output = await operation.handler(
      createContext(() => undefined),
      parsed.data,
      ended,
    );
    return c.body(toJson(output), 200, { 'content-type': 'application/json' });
  } catch (thrown) {
    const error = toOperationError(thrown, host.redactor);
    return c.json({ error }, statusOf(error));
  }
}

/** The same as a stream of events: `call` (its id), `run` (events of its run), and at last `result` or `error`. */
function streamAnswer(
  c: Context<ServerEnvironment>,
  operation: Operation,
  input: unknown,
  calls: OpenCalls,
  ended: AbortSignal,
  createContext: (watch: (event: RunEvent) => void) => OperationContext,
): Response {
  return streamSSE(c, async (stream) => {
    using call = calls.open(c.var.caller, ended);
    let written = stream.writeSSE({ event: 'call', data: JSON.stringify(call.id) });
    const write = (event: string, data: string): void => {
      written = written.then(() => stream.writeSSE({ event, data }));
    };
    const heartbeat = setInterval(() => {
      written = written.then(async () => void (await stream.write(': \n\n')));
    }, HEARTBEAT_MS);
    const context = createContext((event) => write('run', JSON.stringify(event)));
    try {
      write('result', toJson(await operation.handler(context, input, call.signal)));
    } catch (thrown) {
      write('error', JSON.stringify(toOperationError(thrown, context.redactor)));
    } finally {
      clearInterval(heartbeat);
      await written;
    }
  });
}

function parseBody(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function denial(caller: Caller, operation: Operation): string {
  return `The role ${caller.role} may not do this (${operation.permission}). Ask an owner of the project for another role.`;
}
