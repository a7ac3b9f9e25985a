import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { encodeFrame, type Frame, readFrames } from './frame.ts';
import { networkNamespacePrefix } from './network-namespace.ts';

const HOST_HEAP_MEGABYTES = 512;
/** Nothing of this process's environment, which may hold secrets. The zone makes local time the same everywhere. */
export const SANDBOX_ENVIRONMENT: Readonly<Record<string, string>> = { TZ: 'UTC', LANG: 'C' };
const MAX_STDERR_CHARACTERS = 16 * 1024;
/** The isolate stops itself at its limit; the process is killed when it has not answered so long after that. */
const GRACE_MS = 2000;

/** How the process ended. */
export interface SandboxEnd {
  readonly isOverdue: boolean;
  readonly signal: NodeJS.Signals | null;
  readonly exitCode: number | null;
  readonly stderr: string;
}

export class SandboxEndedError extends Error {
  readonly end: SandboxEnd;

  constructor(end: SandboxEnd) {
    super(`The sandbox ended with ${end.signal ?? end.exitCode}: ${end.stderr}`);
    this.end = end;
  }
}

/** The child process of one code step: frames in, frames out, and a clock that kills it. */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #frames: AsyncGenerator<Frame>;
  readonly #ended: Promise<SandboxEnd>;
  #stderr = '';
  #isOverdue = false;

  constructor(maxFrameBytes: number) {
    const [program, ...args] = sandboxCommand(join(import.meta.dirname, 'sandbox.main.ts'));
    this.#child = spawn(program, args, {
      env: SANDBOX_ENVIRONMENT,
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('The sandbox has no pipes.');
    this.#frames = readFrames(stdout, maxFrameBytes);
    // A write to a process that died is told by its end.
    stdin.on('error', () => {});
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(0, MAX_STDERR_CHARACTERS);
    });
    this.#ended = new Promise((resolve) => {
      const end = (exitCode: number | null, signal: NodeJS.Signals | null, reason = this.#stderr) =>
        resolve({ isOverdue: this.#isOverdue, signal, exitCode, stderr: reason });
      this.#child.once('error', (error) => end(null, null, error.message));
      this.#child.once('close', (exitCode, signal) => end(exitCode, signal));
    });
  }

  send(frame: Frame): void {
    const { stdin } = this.#child;
    if (stdin === null || stdin.destroyed) return;
    stdin.cork();
    for (const part of encodeFrame(frame)) stdin.write(part);
    stdin.uncork();
  }

  /** The next frame. Throws a SandboxEndedError when the process ends, or does not answer in time, instead. */
  async receive(timeoutMs: number): Promise<Frame> {
    const clock = setTimeout(() => {
      this.#isOverdue = true;
      this.kill();
    }, timeoutMs + GRACE_MS);
    try {
      const next = await this.#frames.next();
      if (next.done !== true) return next.value;
    } catch (error) {
      // A frame that is cut off or too long: whatever wrote it is not to be trusted any further.
      this.kill();
      const end = await this.#ended;
      throw new SandboxEndedError({ ...end, stderr: end.stderr || String(error) });
    } finally {
      clearTimeout(clock);
    }
    throw new SandboxEndedError(await this.#ended);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends the process; returns when it is gone. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const clock = setTimeout(() => this.kill(), GRACE_MS);
    await this.#ended;
    clearTimeout(clock);
  }
}

/**
 * A program of this folder without rights: it reads its own sources and the addon, and cannot write, start a process or a
 * thread, make code from text, or, where Linux lets us, see a network. It is what holds when the isolate does not.
 */
export function sandboxCommand(main: string): [string, ...string[]] {
  const words = [
    ...networkNamespacePrefix(),
    process.execPath,
    '--permission',
    '--allow-addons',
    ...readablePaths().map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    `--max-old-space-size=${HOST_HEAP_MEGABYTES}`,
    main,
  ];
  return words as [string, ...string[]];
}

/** The sandbox's own sources and the addon; the loader of the addon looks whether this is Alpine. */
function readablePaths(): string[] {
  const require = createRequire(import.meta.url);
  const addon = require.resolve('isolated-vm/package.json');
  const loader = createRequire(addon).resolve('node-gyp-build/package.json');
  return [`${import.meta.dirname}/`, `${dirname(addon)}/`, `${dirname(loader)}/`, '/etc/alpine-release'];
}
