import { PipelineError, toPlainPipelineError } from '@millrace/connector-sdk';
import type { ConnectorDefinition } from '@millrace/connector-sdk';
import {
  HeldFiles,
  createCodeAnalyser,
  decideRows,
  exportQuarantine,
  diffPlan,
  keepAnswers,
  listQuarantine,
  openDestinationOf,
  openSourceOf,
  openSqlAnalyser,
  previewPlan,
  previewStep,
  profileFile,
  proposeTest,
  recallAnswers,
  rollbackTable,
  runPlan,
  sampleTables,
  showQuarantine,
  testSteps,
  verifyPlan,
  workbookToCsv,
} from '@millrace/engine';
import type { ResolvedConnection, RunContext, RunEvent, VerifyResult } from '@millrace/engine';

import type {
  FromRunner,
  RunnerMethod,
  RunnerRequest,
  RunnerResult,
  SqlAnswer,
  ToRunner,
} from '@millrace/control-plane';

/** What the composition root of a runner process gives. */
export interface RunnerContext extends Pick<RunContext, 'registry' | 'registryModule'> {
  /** Names the code that runs; undefined when it may change at any time. */
  readonly program?: string | undefined;
}

/** The parent's end of the channel: `process` in a forked child. */
export interface RunnerChannel {
  send(message: FromRunner): void;
  onMessage(listener: (message: ToRunner) => void): void;
  /** The parent is gone. */
  onDisconnect(listener: () => void): void;
}

/**
 * Answers the parent's calls until the channel closes; then cancels what is in work. Resolves when all of it has
 * ended, so that a caller may exit the process.
 */
export async function serveRunner(context: RunnerContext, channel: RunnerChannel): Promise<void> {
  const running = new Map<number, AbortController>();
  const ended = new Set<Promise<void>>();
  const disconnected = new Promise<void>((resolve) => channel.onDisconnect(resolve));
  channel.onMessage((message) => {
    if (message.kind === 'cancel') {
      running.get(message.id)?.abort(cancelled('The run was cancelled.'));
      return;
    }
    const controller = new AbortController();
    running.set(message.id, controller);
    const work = answer(message, controller.signal).finally(() => {
      running.delete(message.id);
      ended.delete(work);
    });
    ended.add(work);
  });

  async function answer(message: Extract<ToRunner, { kind: 'call' }>, signal: AbortSignal): Promise<void> {
    const emit = (event: RunEvent): void => channel.send({ kind: 'event', id: message.id, event });
    try {
      // The parent is the same program: what it sends for a method is that method's request.
      const handler = handlers[message.method] as Handler<RunnerMethod>;
      const result = await handler(
        message.request as RunnerRequest<RunnerMethod>,
        { ...context, emit },
        signal,
      );
      channel.send({ kind: 'result', id: message.id, result });
    } catch (error) {
      channel.send({ kind: 'error', id: message.id, error: toPlainPipelineError(error) });
    }
  }

  await disconnected;
  for (const controller of running.values())
    controller.abort(cancelled('The process that started this run is gone.'));
  await Promise.all(ended);
  await held.release();
}

type Handler<Method extends RunnerMethod> = (
  request: RunnerRequest<Method>,
  context: RunContext & RunnerContext,
  signal: AbortSignal,
) => Promise<RunnerResult<Method>>;

/** One for the life of the process: what it was asked before, it knows. */
let analyser: ReturnType<typeof openSqlAnalyser> | undefined;
let codeAnalyser: ReturnType<typeof createCodeAnalyser> | undefined;
/** For the next run. */
const held = new HeldFiles();

function getAnalyser(): ReturnType<typeof openSqlAnalyser> {
  analyser ??= openSqlAnalyser();
  return analyser;
}

const handlers: { readonly [Method in RunnerMethod]: Handler<Method> } = {
  async analyse({ questions }) {
    const sql = await getAnalyser();
    return await Promise.all(
      questions.map((question): Promise<SqlAnswer> => {
        switch (question.kind) {
          case 'expression':
            return sql.parseExpression(question.text);
          case 'query':
            return sql.parseQuery(question.text, question.relations);
          case 'describe':
            return sql.describe(question.request);
        }
      }),
    );
  },
  async recallAnswers({ file }, { program }) {
    const answers = program === undefined ? undefined : await recallAnswers({ file, program });
    // Who has asked before asks again, about what was edited.
    if (answers !== undefined) getAnalyser().catch(() => undefined);
    return answers ?? null;
  },
  async keepAnswers({ file, answers }, { program }) {
    if (program !== undefined) await keepAnswers({ file, program }, answers);
    return null;
  },
  async checkCode({ text }) {
    codeAnalyser ??= createCodeAnalyser();
    return await (await codeAnalyser).checkCode(text);
  },

  async getReady({ connections }, context, signal) {
    await held.hold(connections, context.registry, signal);
    return null;
  },
  async check({ connection }, context, signal) {
    const definition = await definitionOf(context, connection);
    if (definition.openSource) {
      await using source = await openSourceOf(context.registry, connection, signal);
      return await source.check(signal);
    }
    await using destination = await openDestinationOf(context.registry, connection, signal);
    return await destination.check(signal);
  },
  async discover({ connection, ...request }, context, signal) {
    await using source = await openSourceOf(context.registry, connection, signal);
    return await source.discover(request, signal);
  },
  async sample(request, context, signal) {
    return await sampleTables(request, context, signal);
  },
  async previewStep(request, context, signal) {
    return await previewStep(request, context, signal);
  },
  async proposeTest(request, context, signal) {
    return await proposeTest(request, context, signal);
  },
  async test(request, _, signal) {
    return await testSteps(request, signal);
  },
  async inspectCursor({ connection, table, column }, context, signal) {
    await using source = await openSourceOf(context.registry, connection, signal);
    return (await source.inspectCursor?.(table, column, signal)) ?? null;
  },
  async preview({ run }, context, signal) {
    return await previewPlan(run, context, signal);
  },
  async run({ run }, context, signal) {
    try {
      return (await runPlan(run, context, signal)).state;
    } finally {
      await held.release();
    }
  },
  async diff({ run }, context, signal) {
    return await diffPlan(run, context, signal);
  },
  async verify({ run }, context, signal) {
    const results: VerifyResult[] = [];
    for await (const result of verifyPlan(run, context, signal)) {
      results.push(result);
      context.emit({
        at: new Date().toISOString(),
        runId: run.runId,
        attempt: run.attempt,
        type: 'taskVerified',
        ...result,
      });
    }
    return results;
  },
  async rollback({ run, task, toRun }, context, signal) {
    return await rollbackTable({ ...run, task, toRunId: toRun }, context, signal);
  },
  async listQuarantine(request, _, signal) {
    return await listQuarantine(request, signal);
  },
  async showQuarantine(request, _, signal) {
    return await showQuarantine(request, signal);
  },
  async exportQuarantine(request, _, signal) {
    return await exportQuarantine(request, signal);
  },
  async workbookToCsv(request, _, signal) {
    return await workbookToCsv(request, signal);
  },
  async profileFile(request, _, signal) {
    return await profileFile(request, signal);
  },
  async decideRows(request, _, signal) {
    return await decideRows(request, signal);
  },
  async query({ connection, sql, maxRows }, context, signal) {
    await using destination = await openDestinationOf(context.registry, connection, signal);
    if (!destination.query) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Connections of type "${connection.connector}" do not answer queries. Name another with --connection.`,
      });
    }
    return await destination.query({ sql, maxRows }, signal);
  },
};

async function definitionOf(
  context: RunContext,
  connection: ResolvedConnection,
): Promise<ConnectorDefinition<never>> {
  const load = Object.hasOwn(context.registry, connection.connector)
    ? context.registry[connection.connector]
    : undefined;
  if (load) return await load();
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `There is no connector "${connection.connector}".`,
  });
}

function cancelled(message: string): PipelineError {
  return new PipelineError({ code: 'cancelled', blame: 'platform', retry: 'never', message });
}
