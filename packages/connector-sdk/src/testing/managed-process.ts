import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

import { tiedCommand } from './tied-command.ts';

export interface ManagedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Replaces nothing: added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Numeric user to run as; only root may choose another one than itself. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The process is ready when its output matches; without it, as soon as it runs. */
  readonly readyText?: RegExp;
  /** Checked after `readyText` until it resolves to true. */
  readonly isReady?: (signal: AbortSignal) => Promise<boolean>;
  readonly readyTimeoutMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** How long `stop` waits before SIGKILL. */
  readonly stopTimeoutMs?: number;
  /** Sent by the kernel when this process dies in any way (Linux only). */
  readonly parentDeathSignal?: NodeJS.Signals;
}

/** A child process that is ready for use and does not outlive this process. */
export interface ManagedProcess extends AsyncDisposable {
  readonly processId: number;
  readonly isRunning: boolean;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<ProcessEnd>;
  /** The last 64 Ki characters of standard output and standard error. */
  output(): string;
  /** Sends `stopSignal`, then SIGKILL when the process is still there after `stopTimeoutMs`. May be called again. */
  stop(stopSignal?: NodeJS.Signals): Promise<ProcessEnd>;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const maximumOutputLength = 65_536;
const running = new Set<ChildProcess>();
let isExitHandled = false;

/** Starts a process and waits until it is ready. Rejects with its output when it ends or stays silent before that. */
export async function startProcess(
  options: ManagedProcessOptions,
  signal: AbortSignal,
): Promise<ManagedProcess> {
  signal.throwIfAborted();
  const [command, args] = tiedCommand(options.command, options.args, options.parentDeathSignal);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    ...options.owner,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killAtExit(child);

  let text = '';
  let newText = (): void => undefined;
  const append = (chunk: string): void => {
    text = (text + chunk).slice(-maximumOutputLength);
    newText();
  };
  child.stdout.setEncoding('utf8').on('data', append);
  child.stderr.setEncoding('utf8').on('data', append);

  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => {
      append(`${error.message}\n`);
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    // `exit`, not `close`: a grandchild may keep the pipes open.
    child.once('exit', (code, killedBy) => resolve({ code, signal: killedBy }));
  });
  void ended.then(() => running.delete(child));

  const stop = async (stopSignal = options.stopSignal ?? 'SIGTERM'): Promise<ProcessEnd> => {
    if (isAlive(child)) child.kill(stopSignal);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs ?? 10_000);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  };

  const failure = (reason: string): Error =>
    new Error(
      `${options.command} ${reason}. Its last output:\n${text.trimEnd().split('\n').slice(-15).join('\n')}`,
    );
  const deadline = AbortSignal.timeout(options.readyTimeoutMs ?? 60_000);
  const limit = AbortSignal.any([signal, deadline]);
  try {
    await new Promise<void>((resolve, reject) => {
      void ended.then((end) =>
        reject(failure(`ended with ${end.signal ?? `exit code ${end.code}`} before it was ready`)),
      );
      limit.addEventListener('abort', () =>
        reject(signal.aborted ? signal.reason : failure('was not ready in time')),
      );
      if (options.readyText === undefined) child.once('spawn', resolve);
      newText = () => options.readyText?.test(text) && resolve();
    });
    while (options.isReady !== undefined && !(await options.isReady(limit))) {
      if (!isAlive(child)) throw failure('ended before it was ready');
      if (limit.aborted) throw signal.aborted ? signal.reason : failure('was not ready in time');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }

  return {
    processId: child.pid as number,
    get isRunning() {
      return isAlive(child);
    },
    ended,
    output: () => text,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function killAtExit(child: ChildProcess): void {
  running.add(child);
  if (isExitHandled) return;
  isExitHandled = true;
  process.on('exit', () => {
    for (const each of running) each.kill('SIGKILL');
  });
}
