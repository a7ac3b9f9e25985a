import { parentPort, workerData } from 'node:worker_threads';

import {
  buffers,
  type ConnectorRegistry,
  PipelineError,
  type ReadRequest,
  toPlainPipelineError,
} from '@millrace/connector-sdk';

import type { ResolvedConnection } from '../run/run-request.ts';
import { buffersOf, transferable, type WorkerCommand, type WorkerReply } from './extract-message.ts';
import { callSource, OpenSources } from './open-sources.ts';

/** Main file of an extract worker: opens sources, reads them, and hands batches to the owner thread by transfer. */
if (parentPort === null) throw new Error('extract-worker.ts runs as a worker thread only.');
const port = parentPort;
const { registry } = (await import((workerData as { registryModule: string }).registryModule)) as {
  registry: ConnectorRegistry;
};
const sources = new OpenSources(registry);

let credits = 0;
let wake: () => void = () => {};
let abort = new AbortController();

port.on('message', (command: WorkerCommand) => {
  switch (command.type) {
    case 'credit':
      credits += 1;
      wake();
      break;
    case 'recycle':
      for (const buffer of command.buffers) buffers.give(buffer);
      break;
    case 'cancel':
      abort.abort(
        new PipelineError({
          code: 'cancelled',
          blame: 'platform',
          retry: 'never',
          message: 'The read was cancelled.',
        }),
      );
      wake();
      break;
    case 'release':
      void answer(async () => {
        await sources.close();
        return { type: 'answer', answer: null };
      });
      break;
    case 'close':
      void sources.close().finally(() => port.close());
      break;
    case 'read':
      abort = new AbortController();
      credits = command.credits;
      void answer(() => read(command.connection, command.request, abort.signal));
      break;
    case 'call':
      abort = new AbortController();
      void answer(async () => {
        const { name, args, connection } = command;
        const value = await sources.use(connection, abort.signal, (source) =>
          callSource(source, name, args, abort.signal),
        );
        return { type: 'answer', answer: value };
      });
      break;
  }
});

async function answer(job: () => Promise<WorkerReply>): Promise<void> {
  try {
    port.postMessage(await job());
  } catch (error) {
    port.postMessage({ type: 'error', error: toPlainPipelineError(error) } satisfies WorkerReply);
  }
}

async function read(
  connection: ResolvedConnection,
  request: ReadRequest,
  signal: AbortSignal,
): Promise<WorkerReply> {
  return sources.use(connection, signal, async (source) => {
    const before = process.threadCpuUsage();
    const reading = source.read(request, signal);
    try {
      for (;;) {
        const next = await reading.next();
        if (next.done) {
          const { user, system } = process.threadCpuUsage(before);
          return { type: 'result', result: { ...next.value, cpuMs: (user + system) / 1000 } };
        }
        while (credits === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        signal.throwIfAborted();
        credits -= 1;
        port.postMessage(
          { type: 'item', item: next.value } satisfies WorkerReply,
          next.value.kind === 'batch' ? transferable(buffersOf(next.value)) : [],
        );
      }
    } finally {
      // Lets the source end its statement when the loop was left early.
      await reading.return(undefined as never).catch(() => {});
    }
  });
}
