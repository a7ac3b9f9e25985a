// queue-runs.ts FOLDER RUNS: asks for so many runs of the project's pipeline `load`, each when the one before has ended, of a
// worker as a server has it. Prints the seconds from the first question to the last end.
import { pathToFileURL } from 'node:url';

import { Runner, contextOf, openProjectHost, startRun, startWorker } from '@millrace/control-plane';
import { registry } from '@millrace/connectors';

import { programFile } from '../bin/compiled.mjs';
import type * as starting from '../packages/cli/src/start-runner.ts';

// Runners as a server starts them.
const file = programFile('packages/cli/src/start-runner.ts');
const { startRunner, startWarehouseHost }: typeof starting = await import(pathToFileURL(file).href);

const [projectFolder = '', count = '1'] = process.argv.slice(2);
await using host = openProjectHost({
  projectFolder,
  environment: process.env,
  registry,
  startRunner: () => new Runner(startRunner(projectFolder)),
  startWarehouseHost: (address) => startWarehouseHost(projectFolder, address),
});
await using _worker = await startWorker(host, { onError: console.error });
const never = new AbortController();
const startedAt = performance.now();
for (let run = 0; run < Number(count); run++) {
  const ended = waitForEnd();
  const context = contextOf(host, { workingFolder: projectFolder, environmentName: undefined });
  const { runId } = await startRun.handler(context, startRun.input.parse({ pipeline: 'load' }), never.signal);
  await ended(runId);
}
console.log((performance.now() - startedAt) / 1000);

/** Listens from now on; resolves when the run has succeeded and throws when it did not. */
function waitForEnd(): (runId: string) => Promise<void> {
  const stop = new AbortController();
  const events = host.live.subscribe(undefined, stop.signal)[Symbol.asyncIterator]();
  let next = events.next();
  return async (runId) => {
    for (;;) {
      const { value } = await next;
      next = events.next();
      if (value?.kind !== 'run' || value.runId !== runId) continue;
      if (value.state === 'queued' || value.state === 'running') continue;
      stop.abort();
      await next;
      if (value.state !== 'succeeded') throw new Error(`Run ${runId} ended as ${value.state}.`);
      return;
    }
  };
}
