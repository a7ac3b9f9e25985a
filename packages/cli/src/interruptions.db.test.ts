import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tiedCommand } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createShop } from './demo/shop.ts';
import { CommandLine } from './testing/command-line.ts';

/** A run of this shop takes seconds: time enough to be killed in the middle. */
let line: CommandLine;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'interrupted']);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  createShop(join(line.folder, 'shop.db'));
}, 180_000);

afterAll(() => line[Symbol.dispose]());

let pipeline = '';
let count = 0;

beforeEach(() => {
  pipeline = `shop${++count}`;
  writePipeline('');
});

function writePipeline(description: string): void {
  writeFileSync(
    join(line.folder, 'pipelines', `${pipeline}.yaml`),
    `version: 1\nname: ${pipeline}\ndescription: about ${description}\nsteps:\n  shop: { replicate: { from: shop, into: { connection: warehouse, schema: ${pipeline} } } }\n`,
  );
}

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Resolves when standard error holds the text. */
  readonly says: (text: string) => Promise<void>;
}

function start(args: readonly string[]): Started {
  const environment = { ...process.env, XDG_CONFIG_HOME: join(line.folder, '.config') };
  const child = spawn(
    ...tiedCommand(process.execPath, [join(import.meta.dirname, '../../../bin/millrace.mjs'), ...args]),
    {
      cwd: line.folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  return {
    child,
    ended,
    output: () => output,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without saying "${text}":\n${output}`)));
      }),
  };
}

/** Pids of the processes that a process started, from /proc. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        const stat = readFileSync(`/proc/${candidate}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
}

async function newestRun(): Promise<{
  readonly runId: string;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
}> {
  const { out } = await line.run(['runs', '--pipeline', pipeline, '--json']);
  return JSON.parse(out).runs[0];
}

async function expectWhole(): Promise<void> {
  const { out } = await line.run([
    'query',
    `SELECT (SELECT count(*) FROM ${pipeline}.orders), (SELECT count(*) FROM ${pipeline}.order_lines), (SELECT count(*) FROM ${pipeline}.customers), (SELECT count(*) FROM ${pipeline}.products)`,
    '--json',
  ]);
  expect(JSON.parse(out).rows).toEqual([['200000', '600000', '20000', '2000']]);
}

describe('an interrupted run', { timeout: 300_000 }, () => {
  it('is refused a second time while it is active, and names the first', async () => {
    const first = start(['run', pipeline]);
    await first.says('attempt 1');
    const second = await line.run(['run', pipeline, '--json']);
    expect(second.exitCode).toBe(1);
    const { runId } = await newestRun();
    const { error } = JSON.parse(second.out);
    expect(error.code).toBe('runActive');
    expect(error.message).toContain(runId);
    expect(error.message).toContain(`process ${first.child.pid}`);
    expect((await first.ended).code).toBe(0);
    await expectWhole();
  });

  it('whose process was killed is taken up by the next run as its next attempt', async () => {
    const first = start(['run', pipeline]);
    await first.says('published');
    const runners = childrenOf(first.child.pid ?? 0);
    first.child.kill('SIGKILL');
    await first.ended;
    const { runId, state } = await newestRun();
    expect(state).toBe('interrupted');
    const second = await line.run(['run', pipeline, '--json']);
    expect(second.exitCode).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({ runId, attempts: 2, state: 'succeeded' });
    await expectWhole();
    for (const pid of runners) expect(childrenOf(pid)).toEqual([]);
    const shown = JSON.parse((await line.run(['runs', runId, '--json'])).out);
    expect(shown.attemptList).toMatchObject([
      { attempt: 1, outcome: 'lost' },
      { attempt: 2, outcome: 'succeeded' },
    ]);
  });

  it('is superseded when the document changed meanwhile', async () => {
    const first = start(['run', pipeline]);
    await first.says('attempt 1');
    first.child.kill('SIGKILL');
    await first.ended;
    const before = await newestRun();
    writePipeline('something else');
    const second = JSON.parse((await line.run(['run', pipeline, '--json'])).out);
    expect(second.runId).not.toBe(before.runId);
    expect(JSON.parse((await line.run(['runs', before.runId, '--json'])).out)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('Superseded'),
    });
    await expectWhole();
  });

  it('is taken up with the same values of its parameters only', async () => {
    writePipeline('${param:part}\nparameters: { part: { type: string, default: all } }');
    const first = start(['run', pipeline, '--param', 'part=one']);
    await first.says('attempt 1');
    first.child.kill('SIGKILL');
    await first.ended;
    const before = await newestRun();
    const other = start(['run', pipeline, '--param', 'part=two']);
    await other.says('attempt 1');
    other.child.kill('SIGKILL');
    await other.ended;
    const { runId } = await newestRun();
    expect(runId).not.toBe(before.runId);
    const same = JSON.parse((await line.run(['run', pipeline, '--param', 'part=two', '--json'])).out);
    expect(same).toMatchObject({ runId, attempts: 2, state: 'succeeded', parameters: { part: 'two' } });
    await expectWhole();
  });

  it('whose runner was killed goes on in another one', async () => {
    const first = start(['run', pipeline]);
    await first.says('published');
    const [runner] = childrenOf(first.child.pid ?? 0);
    process.kill(runner ?? 0, 'SIGKILL');
    expect((await first.ended).code).toBe(0);
    expect(first.output()).toContain('SIGKILL');
    expect(await newestRun()).toMatchObject({ state: 'succeeded', attempts: 2 });
    await expectWhole();
  });

  it('ends its runner with it', async () => {
    const first = start(['run', pipeline]);
    await first.says('attempt 1');
    const [runner = 0] = childrenOf(first.child.pid ?? 0);
    first.child.kill('SIGKILL');
    await first.ended;
    const gone = async (): Promise<void> => {
      while (isAlive(runner)) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await gone();
  });

  it('that a person cancels is cancelled, and stays so', async () => {
    const first = start(['run', pipeline]);
    await first.says('attempt 1');
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(1);
    const cancelled = await newestRun();
    expect(cancelled.state).toBe('cancelled');
    const second = JSON.parse((await line.run(['run', pipeline, '--json'])).out);
    expect(second.runId).not.toBe(cancelled.runId);
    expect(JSON.parse((await line.run(['runs', cancelled.runId, '--json'])).out).state).toBe('cancelled');
    await expectWhole();
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
