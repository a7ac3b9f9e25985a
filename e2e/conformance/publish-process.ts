import { registry } from '@millrace/connectors';
import { testStage } from '@millrace/connector-sdk/testing';
import type { PublishRequest, StagedFile } from '@millrace/connector-sdk';

/** One publication in a process of its own, which kills itself at a checkpoint. Read from standard input as JSON. */
export interface PublishInput {
  readonly connector: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly request: Omit<PublishRequest, 'position' | 'deletedKeys' | 'reader' | 'checkpoint'>;
  readonly file: StagedFile;
  readonly killAt: string;
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as PublishInput;
const signal = new AbortController().signal;
const definition = await registry[input.connector]?.();
const destination = await definition?.openDestination?.(definition.config.parse(input.config), signal);
await using stage = await testStage();
async function* files(): AsyncGenerator<StagedFile> {
  yield input.file;
}
await destination?.publish(
  {
    ...input.request,
    position: () => ({ after: input.request.runId }),
    deletedKeys: () => [],
    reader: stage.reader,
    checkpoint: (point) => {
      if (point === input.killAt) process.kill(process.pid, 'SIGKILL');
    },
  },
  files(),
  signal,
);
