import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCli } from '../cli.ts';
import type { Process } from '../session/process.ts';
import { startRunner } from './start-processes.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly startRunner?: Process['startRunner'];
}

/** A folder of its own and the command line in it, as a pipe sees it: no terminal, no colours. */
export class CommandLine implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = { XDG_CONFIG_HOME: join(this.folder, '.config'), ...environment };
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    let out = '';
    let err = '';
    const exitCode = await runCli(
      {
        arguments: args,
        folder: this.folder,
        user: 'ada',
        environment: { ...this.#environment, ...options.environment },
        isTerminal: false,
        isInputTerminal: false,
        hasColours: false,
        columns: 100,
        rows: 24,
        signal: options.signal ?? new AbortController().signal,
        writeOut: (text) => (out += text),
        writeErr: (text) => (err += text),
        readInput: async () => options.input ?? '',
        startRunner: options.startRunner ?? startRunner,
      },
      '0.0.0',
    );
    return { exitCode, out, err };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What differs from run to run, in a fixed form: ids, times, durations, rates, paths. */
export function normalize(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replace(/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, '<run>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '<minute>')
    .replace(/"(durationMs|milliseconds|fenceToken|afterMs|cpuMs|peakMemoryBytes|bytesOut)": \d+/g, '"$1": 0')
    .replace(/\b\d+(?:\.\d+)? (?:s|ms)\b/g, '<duration>')
    .replace(/ +\d+\.\d\d +[\d,]+\/s\b/g, '  <seconds>  <rate>')
    .replace(/\bprocess \d+/g, 'process <pid>')
    .replace(/\b(SQLite|DuckDB) [\d.]+/g, '$1 <version>')
    .replace(/"(version)": "[\d.]+"/g, '"$1": "<version>"')
    .replace(/"queryId": "[0-9a-f-]{36}"/g, '"queryId": "<query>"')
    .replace(/#\d+:\d+:\d+/g, '#<file>')
    .replace(/There are: [\w, ]+/g, 'There are: <names>')
    .replace(/\b[0-9a-f]{64}\b/g, '<fingerprint>')
    .replace(/─+/g, '─')
    .replace(/ {2,}/g, '  ');
}
