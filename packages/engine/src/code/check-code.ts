import type { CodeProblem } from '@millrace/compiler';

import { explainFailure, failureOf } from './code-error.ts';
import { parseReply } from './parse-reply.ts';
import type { CodeLimits, OpenCommand } from './sandbox-message.ts';
import { SandboxEndedError, SandboxProcess } from './sandbox-process.ts';

const LIMITS: CodeLimits = { memoryBytes: 64 * 2 ** 20, timeoutMs: 5000 };
const START_MS = 30_000;
const MAX_FRAME_BYTES = 2 ** 20;

/** Loads the code into a sandbox as a run does, without a row; null when there is a function that can be called. */
export async function checkCode(source: string): Promise<CodeProblem | null> {
  const sandbox = new SandboxProcess(MAX_FRAME_BYTES);
  const header: OpenCommand = {
    type: 'open',
    source,
    mode: 'rows',
    inputFields: [],
    outputFields: [],
    hasOrigins: false,
    limits: LIMITS,
  };
  try {
    sandbox.send({ header, buffers: [] });
    const { header: answer } = await sandbox.receive(START_MS + LIMITS.timeoutMs);
    const reply = parseReply(answer);
    if (reply.type !== 'failure') return null;
    const { line, column } = reply.failure;
    return { message: explainFailure(reply.failure, LIMITS, null), line, column };
  } catch (error) {
    if (!(error instanceof SandboxEndedError)) throw error;
    return { message: explainFailure(failureOf(error.end), LIMITS, null), line: null, column: null };
  } finally {
    await sandbox.close();
  }
}
