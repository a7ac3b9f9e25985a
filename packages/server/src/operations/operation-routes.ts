import {
  auditTarget,
  audited,
  contextOf,
  isAllowed,
  operationTable,
  toJson,
  toOperationError,
} from '@millrace/control-plane';
import type {
  AuditOutcome,
  Caller,
  NoteOutcome,
  Operation,
  OperationContext,
  OperationError,
  ProjectHost,
} from '@millrace/control-plane';
import type { RunEvent } from '@millrace/engine';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

import { limitBody } from '../security/limit-body.ts';
import type { ServerEnvironment } from '../server-environment.ts';
import type { Auditor } from './auditor.ts';
import { statusOf } from './error-status.ts';
import { OpenCalls } from './open-calls.ts';
import type { OpenCall } from './open-calls.ts';
import { refuse } from './refuse.ts';

import type { WorkInFlight } from './work-in-flight.ts';

/** A document has at most eight million characters; rows come through connections, not through here. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;
/** Proxies and clients give up lines that are silent for long. */
const HEARTBEAT_MS = 15_000;

export interface OperationRoutesOptions {
  readonly host: ProjectHost;
  readonly environmentName: string | undefined;
  readonly audit: Auditor;
  /** Fires when the server stops. */
  readonly stopping: AbortSignal;
  readonly work: WorkInFlight;
}

/** `POST /api/<area>/<verb>-<noun>` for every operation that is not for the caller's own files. */
export function addOperationRoutes(app: Hono<ServerEnvironment>, options: OperationRoutesOptions): void {
  const calls = new OpenCalls();
  const limit = limitBody(MAX_BODY_BYTES);
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
  { host, environmentName, audit, stopping, work }: OperationRoutesOptions,
): Promise<Response> {
  const { caller } = c.var;
  const note = (input: unknown, outcome: AuditOutcome, reason: string | null): Promise<void> =>
    audit(c, { actor: caller, action: operation.name, target: auditTarget(input), outcome, reason });
  if (!isAllowed(caller.role, operation.permission)) {
    await note(undefined, 'denied', 'forbidden');
    return refuse(c, 403, 'forbidden', denial(caller, operation));
  }
  const body = parseBody(await c.req.text());
  if (body === undefined) return refuse(c, 400, 'commandInvalid', 'The body of the request is no JSON.');
  const parsed = operation.input.safeParse(body.value);
  if (!parsed.success) {
    const error = toOperationError(parsed.error, host.redactor);
    return c.json({ error }, statusOf(error));
  }
  /** What the operation answers, as JSON; its failure in `error`. */
  const perform = async (watch: (event: RunEvent) => void, signal: AbortSignal): Promise<Performed> => {
    const context: OperationContext = contextOf(host, {
      workingFolder: host.projectFolder,
      environmentName: c.req.header('millrace-environment') ?? environmentName,
      caller,
      watch,
    });
    try {
      const noteEnd: NoteOutcome = (outcome, reason) => note(parsed.data, outcome, reason);
      const json = await audited(operation, host.redactor, noteEnd, async () =>
        toJson(await operation.handler(context, parsed.data, signal)),
      );
      return { json };
    } catch (thrown) {
      return { error: toOperationError(thrown, host.redactor) };
    }
  };
  const ended = AbortSignal.any([c.req.raw.signal, stopping]);
  if (c.req.header('accept') === 'text/event-stream')
    return streamAnswer(c, calls.open(caller, ended), (watch, signal) => work.track(perform(watch, signal)));
  const performed = await work.track(perform(() => undefined, ended));
  if ('error' in performed) return c.json({ error: performed.error }, statusOf(performed.error));
  return c.body(performed.json, 200, { 'content-type': 'application/json' });
}

type Performed = { readonly json: string } | { readonly error: OperationError };

/** The same as a stream of events: `call` (its id), `run` (events of its run), and at last `result` or `error`. */
function streamAnswer(
  c: Context<ServerEnvironment>,
  opened: OpenCall,
  perform: (watch: (event: RunEvent) => void, signal: AbortSignal) => Promise<Performed>,
): Response {
  return streamSSE(c, async (stream) => {
    using call = opened;
    let written = stream.writeSSE({ event: 'call', data: JSON.stringify(call.id) });
    const write = (event: string, data: string): void => {
      written = written.then(() => stream.writeSSE({ event, data }));
    };
    const heartbeat = setInterval(() => {
      written = written.then(async () => void (await stream.write(': \n\n')));
    }, HEARTBEAT_MS);
    const hungUp = new AbortController();
    stream.onAbort(() => hungUp.abort());
    const signal = AbortSignal.any([call.signal, hungUp.signal]);
    const performed = await perform((event) => write('run', JSON.stringify(event)), signal);
    clearInterval(heartbeat);
    if ('error' in performed) write('error', JSON.stringify(performed.error));
    else write('result', performed.json);
    await written;
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
