import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import { tiedCommand } from '@millrace/connector-sdk/testing';

/** A server in a process of its own, to be asked, stopped and killed. */
export interface ServedProcess {
  readonly child: ChildProcess;
  readonly call: (operation: string, input: object) => Promise<Answer>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** The outputs of several operations; what a test reads of one is there. */
export interface Answer {
  readonly runId: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly error?: { readonly message: string };
  readonly runs: readonly Answer[];
  readonly pipeline: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly warnings: readonly string[];
  readonly nextAt: string | null;
  readonly startedBy: { readonly kind: string };
  readonly tasks: readonly { readonly table: string; readonly state: string }[];
  readonly schedules: readonly { readonly pipeline: string; readonly nextAt: string | null }[];
  readonly revisions: readonly { readonly revision: string }[];
}

/** Starts a server on the project in a folder; resolves when it answers. */
export async function serveInProcess(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServedProcess> {
  const child = spawn(
    ...tiedCommand(process.execPath, [join(import.meta.dirname, 'serve.main.ts'), folder]),
    {
      cwd: folder,
      env: { ...process.env, XDG_CONFIG_HOME: join(folder, '.config'), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    void ended.then(() => reject(new Error('The server did not start.')));
  });
  const { url, token } = JSON.parse(said);
  return {
    child,
    call: async (operation, input) => {
      const response = await fetch(`${url}/api/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      });
      return (await response.json()) as Answer;
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Asks until the answer is as wanted. */
export async function until(
  read: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
  withinMs = 60_000,
): Promise<Answer> {
  const startedAt = Date.now();
  for (;;) {
    const answer = await read();
    if (holds(answer)) return answer;
    if (Date.now() - startedAt > withinMs) throw new Error(`Still not so: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const hasEnded = ({ state }: Answer): boolean => !['queued', 'running'].includes(state);

/** The run when it has ended. */
export async function finished({ call }: ServedProcess, runId: string): Promise<Answer> {
  return await until(() => call('runs/show-run', { run: runId }), hasEnded);
}
