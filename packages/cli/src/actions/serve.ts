import { PipelineError } from '@millrace/connector-sdk';
import { ensurePortal, startServer } from '@millrace/server';

import type { Action } from '../commands/command.ts';
import { registry } from '../registry.ts';
import { listOption, textOption } from '../session/command-input.ts';
import type { CommandInput } from '../session/command-input.ts';
import { EXIT } from '../session/exit-code.ts';
import { WAREHOUSE_IDLE_MS, startWarehouseHost } from '../start-runner.ts';

const DEFAULT_PORT = 4600;
/** A week. */
const MAX_IDLE_MINUTES = 10_080;

export const serve: Action = async (session, input) => {
  const { process } = session;
  const port = portOption(input);
  const idleMs = idleOption(input);
  await ensurePortal(session.remark, process.signal);
  await using server = await startServer({
    projectFolder: session.context.projectFolder,
    environment: process.environment,
    environmentName: textOption(input, 'environment'),
    registry,
    startRunner: session.startRunner,
    startWarehouseHost: (address) => startWarehouseHost(session.context.projectFolder, address, idleMs),
    port,
    address: textOption(input, 'host'),
    publicUrl: textOption(input, 'url'),
    trustedProxies: listOption(input, 'trustedProxy'),
    isAuthOff: input.options['auth'] === false,
  });
  const { name } = (await session.context.project()).document;
  session.answer({ url: server.url, setupUrl: server.setupUrl, project: name }, () =>
    [
      `Millrace serves ${name ?? 'the project'} at ${server.url}`,
      ...(server.setupUrl === undefined
        ? []
        : [
            'Nobody can sign in yet. This link makes the administrator, once, within 30 minutes:',
            `  ${server.setupUrl}`,
          ]),
    ].join('\n'),
  );
  session.remark('Ctrl-C stops it.');
  await new Promise<void>((resolve) => {
    if (process.signal.aborted) resolve();
    else process.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  session.remark('Stopping; once more to end at once.');
  return EXIT.done;
};

function idleOption(input: CommandInput): number {
  const text = textOption(input, 'warehouseIdle');
  if (text === undefined) return WAREHOUSE_IDLE_MS;
  const minutes = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && minutes > 0 && minutes <= MAX_IDLE_MINUTES) return minutes * 60_000;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `--warehouse-idle takes minutes, up to ${MAX_IDLE_MINUTES}, not "${text}".`,
  });
}

function portOption(input: CommandInput): number {
  const text = textOption(input, 'port');
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `--port takes a whole number from 0 to 65535, not "${text}".`,
  });
}
