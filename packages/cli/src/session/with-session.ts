import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import {
  DocumentError,
  Runner,
  createOperationContext,
  isRefusal,
  localCaller,
  toOperationError,
} from '@millrace/control-plane';
import { PipelineError } from '@millrace/connector-sdk';
import { formatDiagnostic } from '@millrace/spec';

import type { Action } from '../commands/command.ts';
import { registry } from '../registry.ts';
import { createPaint } from '../terminal/paint.ts';
import { printableLines } from '../terminal/terminal-text.ts';
import { auditLocally } from './audit-locally.ts';
import { RemoteError, callServer } from './call-server.ts';
import { textOption } from './command-input.ts';
import type { CommandInput } from './command-input.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import type { Process } from './process.ts';
import { findServer } from './server-endpoint.ts';
import type { ServerEndpoint } from './server-endpoint.ts';
import type { Session } from './session.ts';

/** Where a command works. */
export interface Place {
  readonly projectFolder: string;
  /** A runner that starts already. */
  readonly child: ChildProcess | undefined;
}

/** Runs an action with everything it needs and says its errors; closes everything afterwards. */
export async function withSession(
  process: Process,
  input: CommandInput,
  place: Place,
  load: () => Promise<Action>,
): Promise<ExitCode> {
  const isJson = input.options['json'] === true;
  const paint = createPaint(process.hasColours && !isJson);
  const { projectFolder } = place;
  let server: ServerEndpoint | undefined;
  const environmentName = textOption(input, 'environment');
  let waiting = place.child;
  const startRunner = (): Runner => {
    const runner = new Runner(waiting ?? process.startRunner(projectFolder));
    waiting = undefined;
    return runner;
  };
  await using context = createOperationContext({
    projectFolder,
    workingFolder: process.folder,
    environment: process.environment,
    environmentName,
    registry,
    startRunner,
    caller: localCaller(process.user),
    watch: (event) => session.watch?.(event),
  });
  const session: Session = {
    process,
    isJson,
    paint,
    watch: undefined,
    context,
    startRunner,
    call: async (operation, raw) => {
      if (server === undefined || (operation.isLocal && !server.isNamed)) {
        const given = operation.input.parse(raw);
        return await auditLocally(context, operation, given, () =>
          operation.handler(context, given, process.signal),
        );
      }
      if (operation.isLocal) throw needsFolder(operation.name, server);
      const call = {
        operation: operation.name,
        input: raw,
        environmentName,
        user: process.user,
        watch: context.watch,
      };
      // The server is the same program, and its operation made this.
      return (await callServer(server, call, process.signal)) as never;
    },
    serverUrl: () => server?.url,
    textOf: (file) => readText(resolve(server === undefined ? process.folder : projectFolder, file)),
    answer: (json, text) =>
      process.writeOut(isJson ? `${JSON.stringify(json, jsonValue, 2)}\n` : `${text()}\n`),
    remark: (text) => {
      if (!isJson) process.writeErr(`${text}\n`);
    },
  };
  // Tell the child that nothing will come; without a channel it ends by itself.
  using _child = { [Symbol.dispose]: () => waiting?.disconnect() };
  try {
    server = await findServer(process, input, projectFolder);
    const action = await load();
    return await action(session, input);
  } catch (error) {
    return sayError(session, error);
  }
}

function sayError(session: Session, thrown: unknown): ExitCode {
  const error = thrown instanceof SuppressedError ? thrown.suppressed : thrown;
  const { redactor } = session.context;
  const said = error instanceof RemoteError ? error.said : toOperationError(error, redactor);
  const { paint, process } = session;
  if (session.isJson) session.answer({ error: said }, () => '');
  else if (said.diagnostics === undefined)
    process.writeErr(`${paint('red', 'error:')} ${printableLines(said.message)}\n`);
  for (const diagnostic of (session.isJson ? undefined : said.diagnostics) ?? []) {
    const { file } = diagnostic.range;
    const text = error instanceof DocumentError ? (error.texts.get(file) ?? '') : session.textOf(file);
    process.writeErr(`${redactor.text(formatDiagnostic(diagnostic, text))}\n`);
  }
  return isRefusal(said) ? EXIT.wrong : EXIT.failed;
}

function needsFolder(operation: string, server: ServerEndpoint): PipelineError {
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${operation} works with files where it is called, so ${server.url} does not offer it. Run it in the project's folder, without --server.`,
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
