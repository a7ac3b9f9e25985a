import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { tiedCommand } from '@millrace/connector-sdk/testing';

const MILLRACE = join(import.meta.dirname, '../../bin/millrace.mjs');
/** The first start of a test run builds the portal. */
const START_MS = 120_000;
const STOP_MS = 10_000;

/** `millrace serve` as people start it. */
export interface ServerProcess {
  readonly url: string;
  /** What it printed until it listened. */
  readonly said: string;
  /** Ends it the way Ctrl-C does, or at once. */
  readonly stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

export async function startServerProcess(
  projectFolder: string,
  args: readonly string[],
): Promise<ServerProcess> {
  const child = spawn(...tiedCommand(process.execPath, [MILLRACE, 'serve', ...args]), {
    cwd: projectFolder,
    env: { ...process.env, XDG_CONFIG_HOME: join(projectFolder, '.config') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server did not start:\n${said}`));
    }, START_MS);
    const listen = (text: string): void => {
      said += text;
      const found = /https?:\/\/[\w.[\]:]+\d/.exec(said)?.[0];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`The server ended:\n${said}`));
    });
  });
  return {
    url,
    get said() {
      return said;
    },
    stop,
  };
}
