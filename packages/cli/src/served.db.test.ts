import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from './testing/command-line.ts';
import type { Outcome } from './testing/command-line.ts';

const line = new CommandLine();
const stopping = new AbortController();
let serving: Promise<Outcome>;

beforeAll(async () => {
  await line.run(['init', '.', '--name', 'served']);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  const database = new DatabaseSync(join(line.folder, 'shop.db'));
  database.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL);
    INSERT INTO orders SELECT value, 'paid' FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 100) SELECT value FROM n);
    CREATE TABLE events (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
    INSERT INTO events SELECT value, printf('%0200d', value) FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 1500000) SELECT value FROM n);`);
  database.close();
  mkdirSync(join(line.folder, 'pipelines'), { recursive: true });
  for (const table of ['orders', 'events'])
    writeFileSync(
      join(line.folder, 'pipelines', `${table}.yaml`),
      `version: 1\nname: ${table}\nsteps:\n  all: { replicate: { from: shop, include: [${table}], into: { connection: warehouse, schema: raw } } }\n`,
    );
  serving = line.run(['serve', '--port', '0', '--no-auth'], { signal: stopping.signal });
  while (!existsSync(serverFile())) await new Promise((resolve) => setTimeout(resolve, 50));
});

afterAll(async () => {
  stopping.abort();
  await serving;
  line[Symbol.dispose]();
});

function serverFile(): string {
  return join(line.folder, '.millrace', 'server.json');
}

/** A command that would need a runner of its own fails: the server's is the one that owns the warehouse. */
const throughServer = (args: readonly string[], signal?: AbortSignal): Promise<Outcome> =>
  line.run(args, {
    ...(signal === undefined ? {} : { signal }),
    startRunner: () => {
      throw new TypeError('This command started a runner beside the server.');
    },
  });

describe('a command beside a running server', () => {
  it('runs through it, and sees the events of its run', async () => {
    const ran = await throughServer(['run', 'orders', '--verify']);
    expect(ran).toMatchObject({ exitCode: 0, out: expect.stringMatching(/raw\.orders[^]*succeeded/) });
    expect(ran.err).toMatch(/raw\.orders|main\.orders/);
    const asked = await throughServer(['query', 'SELECT count(*) AS n FROM raw.orders', '--json']);
    expect(JSON.parse(asked.out)).toMatchObject({ rows: [['100']] });
    using state = new DatabaseSync(join(line.folder, '.millrace', 'state.db'), { readOnly: true });
    expect(
      state.prepare('SELECT actor, actor_kind, action FROM audit_entries ORDER BY sequence').all(),
    ).toEqual([
      { actor: 'ada', actor_kind: 'local', action: 'connections/add-connection' },
      { actor: 'ada', actor_kind: 'local', action: 'pipelines/run-pipeline' },
      { actor: 'ada', actor_kind: 'local', action: 'warehouse/query-warehouse' },
    ]);
    const runs = await throughServer(['runs', '--json']);
    expect(JSON.parse(runs.out)).toMatchObject({ runs: [{ pipeline: 'orders', state: 'succeeded' }] });
  });

  it('says what is wrong with the lines of the document, as without a server', async () => {
    const path = join(line.folder, 'pipelines', 'orders.yaml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('into:', 'inot:'));
    const planned = await throughServer(['plan', 'orders']);
    writeFileSync(path, text);
    expect(planned.exitCode).toBe(2);
    expect(planned.err).toMatch(/pipelines\/orders\.yaml:4:\d+: error:[^]*\n +4 \| {3}all:/);
  });

  it('is cancelled there by Ctrl-C, and tells what is left', async () => {
    const interrupted = new AbortController();
    const running = throughServer(['run', 'events'], interrupted.signal);
    const { readdirSync } = await import('node:fs');
    const stage = join(line.folder, '.millrace', 'stage');
    const isStaging = (): boolean =>
      existsSync(stage) &&
      readdirSync(stage, { recursive: true }).some((name) => String(name).includes('events'));
    while (!isStaging()) await new Promise((resolve) => setTimeout(resolve, 20));
    const startedAt = performance.now();
    interrupted.abort();
    const ran = await running;
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(ran).toMatchObject({ exitCode: 1, out: expect.stringContaining('cancelled') });
    const runs = JSON.parse((await throughServer(['runs', '--json'])).out);
    expect(runs.runs[0]).toMatchObject({ pipeline: 'events', state: 'cancelled' });
  });

  it('works with the own files when it is about those', async () => {
    const init = await throughServer(['init', 'inner']);
    expect(init.exitCode).toBe(0);
    expect(existsSync(join(line.folder, 'inner', 'millrace.yaml'))).toBe(true);
  });

  it('invites people, and makes links for those who forgot their password', async () => {
    expect((await throughServer(['users', 'list'])).out).toContain('Nobody can sign in yet');
    const invited = await throughServer(['users', 'invite', 'Ada@Example.org', '--role', 'owner', '--json']);
    const { url } = JSON.parse(readFileSync(serverFile(), 'utf8'));
    expect(JSON.parse(invited.out).link).toMatch(new RegExp(`^${url}/setup#[\\w-]{43}$`));
    expect((await throughServer(['users', 'list'])).out).toMatch(/ada@example\.org .* owner +invited/);
    const linked = await throughServer(['users', 'link', 'ada@example.org']);
    expect(linked.out).toMatch(/sets a password with this link, once, until 20[^]*\/setup#/);
    expect(await throughServer(['users', 'link', 'nobody@example.org'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('millrace users list'),
    });
    expect(await throughServer(['users', 'invite', 'eve', '--role', 'god'])).toMatchObject({ exitCode: 2 });
  });

  it('cannot be a second server', async () => {
    expect(await throughServer(['serve', '--port', '0', '--no-auth'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('runs on this project already'),
    });
  });
});

describe('a command with --server', () => {
  it('needs a token that the server knows, and works from any folder with it', async () => {
    const { url, token } = JSON.parse(readFileSync(serverFile(), 'utf8'));
    using elsewhere = new CommandLine();
    const options = { environment: { MILLRACE_TOKEN: token } };
    const asked = await elsewhere.run(['query', 'SELECT 41 + 1 AS n', '--json', '--server', url], options);
    expect(JSON.parse(asked.out)).toMatchObject({ rows: [['42']] });
    const wrong = await elsewhere.run(['runs', '--server', url], {
      environment: { MILLRACE_TOKEN: 'mlr_wrong' },
    });
    expect(wrong).toMatchObject({ exitCode: 1, err: expect.stringContaining('MILLRACE_TOKEN') });
    const local = await elsewhere.run(['init', 'x', '--server', url], options);
    expect(local).toMatchObject({ exitCode: 2, err: expect.stringContaining('without --server') });
    const dead = await elsewhere.run(['runs', '--server', 'http://127.0.0.1:1']);
    expect(dead).toMatchObject({ exitCode: 1, err: expect.stringContaining('does not answer') });
    const notOne = await elsewhere.run(['runs', '--server', 'warehouse']);
    expect(notOne).toMatchObject({ exitCode: 2, err: expect.stringContaining('takes an address') });
  });
});

describe('a command that is killed', () => {
  it('has its run cancelled: nobody waits for it any more', async () => {
    const { url, token } = JSON.parse(readFileSync(serverFile(), 'utf8'));
    const killed = new AbortController();
    const response = await fetch(`${url}/api/pipelines/run-pipeline`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
      },
      body: JSON.stringify({ pipeline: 'events', isFullRefresh: true }),
      signal: killed.signal,
    });
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
      if (chunk.includes('taskProgress') || chunk.includes('taskStarted')) break;
    killed.abort();
    const lastRun = async (): Promise<{ state: string; pipeline: string }> =>
      JSON.parse((await throughServer(['runs', '--json'])).out).runs[0];
    while ((await lastRun()).state === 'running') await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await lastRun()).toMatchObject({ pipeline: 'events', state: 'cancelled' });
  });
});
