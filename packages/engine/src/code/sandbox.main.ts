import { readSync, writeSync } from 'node:fs';

import { CodeFailureError } from './code-failure-error.ts';
import { encodeFrame, envelopeLength, openEnvelope, type Frame } from './frame.ts';
import { buffersOf, columnsOf, shapesOf } from './packed-batch.ts';
import type { CodeFailure, SandboxCommand, SandboxReply } from './sandbox-message.ts';
import { UserIsolate } from './user-isolate.ts';

/**
 * Main file of the sandbox process, which `sandbox-process.ts` starts without rights: commands come from stdin, replies go to
 * stdout. Reading blocks, because there is nothing else to do; the end of stdin is the end of the process.
 */
const MAX_FRAME_BYTES = 2 ** 31;

let code: UserIsolate | undefined;
for (;;) {
  const frame = readFrame();
  if (frame === undefined) break;
  try {
    await answer(frame);
  } catch (error) {
    reply({ type: 'failure', failure: failureOf(error) });
  }
}
code?.close();

async function answer(frame: Frame): Promise<void> {
  const command = frame.header as SandboxCommand;
  if (command.type === 'open') {
    code = await UserIsolate.open(command, endWith);
    reply({ type: 'ready', logs: code.logs });
    return;
  }
  if (code === undefined) throw new Error('A batch came before the code.');
  const batch = { rows: command.rows, columns: columnsOf(command.columns, frame.buffers) };
  for await (const { rows, columns, isLast, logs, droppedLogs } of code.run(batch)) {
    const output = { rows, columns };
    reply({ type: 'rows', rows, columns: shapesOf(output), isLast, logs, droppedLogs }, buffersOf(output));
  }
}

function failureOf(error: unknown): CodeFailure {
  if (error instanceof CodeFailureError) return error.failure;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'sandbox', message, row: null, line: null, column: null };
}

/** An isolate that V8 lost control of keeps its thread: only a signal ends the process. */
function endWith(failure: CodeFailure): void {
  reply({ type: 'failure', failure });
  process.kill(process.pid, 'SIGKILL');
}

function reply(message: SandboxReply, buffers: readonly ArrayBuffer[] = []): void {
  for (const part of encodeFrame({ header: message, buffers })) {
    for (let written = 0; written < part.length;) written += writeSync(1, part, written);
  }
}

function readFrame(): Frame | undefined {
  const head = new Uint8Array(4);
  if (!fill(head)) return undefined;
  const envelope = new Uint8Array(envelopeLength(head));
  if (!fill(envelope)) return undefined;
  const frame = openEnvelope(envelope, MAX_FRAME_BYTES);
  return frame.buffers.every((buffer) => fill(new Uint8Array(buffer))) ? frame : undefined;
}

function fill(target: Uint8Array): boolean {
  for (let filled = 0; filled < target.length;) {
    const read = readSync(0, target, filled, target.length - filled, null);
    if (read === 0) return false;
    filled += read;
  }
  return true;
}
