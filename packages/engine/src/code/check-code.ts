import type { CodeProblem } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import { explainFailure, failureOf } from './code-error.ts';
import { parseReply } from './parse-reply.ts';
import type { CodeFailure, CodeLimits, OpenCommand } from './sandbox-message.ts';
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
    return toProblem(reply.failure);
  } catch (error) {
    if (!(error instanceof SandboxEndedError)) throw error;
    return toProblem(failureOf(error.end));
  } finally {
    await sandbox.close();
  }
}

function toProblem(failure: CodeFailure): CodeProblem {
  const { kind, message, line, column } = failure;
  if (kind !== 'sandbox') return { message: explainFailure(failure, LIMITS, null), line, column };
  throw new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message: `Code cannot be run on this machine: ${message}. Install Millrace again; its sandbox needs the package isolated-vm, which comes with a binary or is built with a compiler.`,
  });
}
