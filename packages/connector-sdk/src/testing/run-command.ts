import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Numeric user to run as; only root may choose another one than itself. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Written to standard input; without it standard input is empty. */
  readonly input?: string;
  /** How much of the output a failure quotes; 12 lines without it. */
  readonly quotedLines?: number;
}

/** Runs a program to its end. Resolves with its standard output; rejects with the end of its whole output when it fails. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      ...options.owner,
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
    const output: string[] = [];
    const everything: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.push(text);
      everything.push(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => everything.push(text));
    // A program that exits without reading its input must not end this process with EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (code === 0) return resolve(output.join(''));
      const lines = everything
        .join('')
        .trimEnd()
        .split('\n')
        .slice(-(options.quotedLines ?? 12))
        .join('\n');
      reject(new Error(`${command} ended with ${killedBy ?? `exit code ${code}`}:\n${lines}`));
    });
  });
}
