import type { ChildProcess } from 'node:child_process';
import { DocumentError, Runner, createOperationContext, toSystemFailure } from '@millrace/control-plane';
import { PipelineError, toPlainPipelineError } from '@millrace/connector-sdk';
import { formatDiagnostic } from '@millrace/spec';
import { ZodError } from 'zod';

import type { Action } from '../commands/command.ts';
import { registry } from '../registry.ts';
import { createPaint } from '../terminal/paint.ts';
import { printableLines } from '../terminal/terminal-text.ts';
import { textOption } from './command-input.ts';
import type { CommandInput } from './command-input.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import type { Process } from './process.ts';
import type { Session } from './session.ts';

/** Runs an action with everything it needs and says its errors; closes everything afterwards. */
export async function withSession(
  process: Process,
  input: CommandInput,
  projectFolder: string,
  child: ChildProcess | undefined,
  load: () => Promise<Action>,
): Promise<ExitCode> {
  const isJson = input.options['json'] === true;
  const paint = createPaint(process.hasColours && !isJson);
  let waiting = child;
  const session: Session = {
    process,
    isJson,
    paint,
    watch: undefined,
    context: createOperationContext({
      projectFolder,
      workingFolder: process.folder,
      environment: process.environment,
      environmentName: textOption(input, 'environment'),
      registry,
      startRunner: () => {
        const runner = new Runner(waiting ?? process.startRunner(projectFolder));
        waiting = undefined;
        return runner;
      },
      watch: (event) => session.watch?.(event),
    }),
    call: async (operation, raw) =>
      await operation.handler(session.context, operation.input.parse(raw), process.signal),
    answer: (json, text) =>
      process.writeOut(isJson ? `${JSON.stringify(json, jsonValue, 2)}\n` : `${text()}\n`),
    remark: (text) => {
      if (!isJson) process.writeErr(`${text}\n`);
    },
  };
  await using _context = session.context;
  // Tell the child that nothing will come; without a channel it ends by itself.
  using _child = { [Symbol.dispose]: () => waiting?.disconnect() };
  try {
    const action = await load();
    return await action(session, input);
  } catch (error) {
    return sayError(session, error);
  }
}

function sayError(session: Session, error: unknown): ExitCode {
  // What failed first; closing things afterwards failed for the same reason.
  if (error instanceof SuppressedError) return sayError(session, error.suppressed);
  const redact = (text: string): string => session.context.redactor.text(text);
  const { paint, process } = session;
  if (error instanceof DocumentError) {
    const diagnostics = error.diagnostics.map(({ code, severity, message, path, range, fixes, usedBy }) => ({
      code,
      severity,
      message: redact(message),
      path,
      range,
      fixes,
      usedBy,
    }));
    if (session.isJson)
      session.answer(
        { error: { code: 'documentInvalid', message: redact(error.message), diagnostics } },
        () => '',
      );
    else {
      for (const diagnostic of error.diagnostics)
        process.writeErr(
          `${redact(formatDiagnostic(diagnostic, error.texts.get(diagnostic.range.file) ?? ''))}\n`,
        );
    }
    return EXIT.wrong;
  }
  if (error instanceof ZodError) {
    const message = error.issues
      .map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
      .join('; ');
    return say({ code: 'commandInvalid', message }, EXIT.wrong);
  }
  if (error instanceof PipelineError) {
    const { code, blame, retry, message } = toPlainPipelineError(error);
    const isWrong = code === 'configInvalid' || (code === 'queryFailed' && blame === 'config');
    return say({ code, blame, retry, message }, isWrong ? EXIT.wrong : EXIT.failed);
  }
  const failure = toSystemFailure(error);
  if (failure !== undefined) return sayError(session, failure);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return say(
    { code: 'internal', message: `This is a defect of Millrace; please report it. ${message}` },
    EXIT.failed,
  );

  function say(
    said: { readonly message: string } & Readonly<Record<string, unknown>>,
    exitCode: ExitCode,
  ): ExitCode {
    const message = redact(said.message);
    if (session.isJson) session.answer({ error: { ...said, message } }, () => '');
    else process.writeErr(`${paint('red', 'error:')} ${printableLines(message)}\n`);
    return exitCode;
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
