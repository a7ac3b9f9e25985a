import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import { registry } from '@millrace/connectors';
import { runPlan } from '@millrace/engine';

import type { AttemptInput } from './attempt.ts';

/** One attempt of a run as a process: request on standard input, events on standard output. */
const { request, killAt, killAfterPoints, killAfterMs, cancelAt }: AttemptInput = JSON.parse(
  await text(process.stdin),
);
const controller = new AbortController();
let points = 0;
if (killAfterMs !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), killAfterMs);

await runPlan(
  request,
  {
    registry,
    registryModule: new URL(import.meta.resolve('@millrace/connectors')),
    emit: (event) => writeSync(1, `${JSON.stringify(event)}\n`),
    onPoint: (point) => {
      points += 1;
      if (point === killAt || points === killAfterPoints) process.kill(process.pid, 'SIGKILL');
      if (point === cancelAt) controller.abort();
    },
  },
  controller.signal,
);
// A timer that was to kill this process must not keep it alive.
process.exit(0);
