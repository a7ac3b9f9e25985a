import { spawn } from 'node:child_process';
import { join } from 'node:path';

const MILLRACE = join(import.meta.dirname, '../bin/millrace.mjs');

/** A program that printed its address. */
export interface StartedServer extends AsyncDisposable {
  readonly url: string;
  /** The link for the first administrator; empty when none was printed. */
  readonly setupUrl: string;
  readonly pid: number;
}

export function serveFolder(folder: string, ...args: readonly string[]): Promise<StartedServer> {
  return startServer(process.execPath, [MILLRACE, 'serve', '--port', '0', ...args], folder);
}

/** Waits until the program prints an address; ends with SIGTERM. */
export async function startServer(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<StartedServer> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, XDG_CONFIG_HOME: join(folder, '.config') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (text: string): void => {
      said += text;
      const found = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    void ended.then(() => reject(new Error(`The server ended: ${said}`)));
  });
  if (child.pid === undefined) throw new Error(`${program} was not started.`);
  return {
    url,
    setupUrl: /http:\/\/\S+\/setup#\S+/.exec(said)?.[0] ?? '',
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
