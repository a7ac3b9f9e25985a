import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { findSecrets, findSecretsInFiles, testPassword, testServer } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from './testing/command-line.ts';

/** What breaks URLs, quotes, lines and shells, and says which secret leaked. */
const CANARIES = [
  'canary-plain-7f3a9',
  'can%ary\'qu"ote\\s-51c',
  'canary:line\nbreak@8d2e',
  'kanarie-ünï-c0de-44b',
];

let line: CommandLine;
const said: string[] = [];

async function run(args: readonly string[], options: Parameters<CommandLine['run']>[1] = {}) {
  const outcome = await line.run(args, options);
  said.push(outcome.out, outcome.err);
  return outcome;
}

beforeAll(async () => {
  line = new CommandLine();
  await run(['init', '.']);
});

afterAll(() => line[Symbol.dispose]());

function expectNoSecret(secrets: readonly string[]): void {
  expect(findSecrets(said.join('\n'), secrets)).toEqual([]);
  // The folder holds the documents, the store, the encrypted secrets, their key, and whatever a run left.
  expect(findSecretsInFiles(line.folder, secrets)).toEqual([]);
}

describe('secrets', { timeout: 180_000 }, () => {
  it('of connections that fail appear in no output and in no file', async () => {
    for (const [index, canary] of CANARIES.entries()) {
      for (const type of ['mysql', 'postgres']) {
        const name = `${type}${index}`;
        const database = type === 'postgres' ? ['--set', 'database=d'] : [];
        const added = await run(
          [
            'connections',
            'add',
            name,
            type,
            '--set',
            'host=127.0.0.1',
            '--set',
            'port=1',
            '--set',
            'user=u',
            ...database,
            '--secret-stdin',
            'password',
          ],
          { input: `${canary}\n` },
        );
        expect(added.exitCode).toBe(0);
        expect((await run(['connections', 'test', name])).exitCode).toBe(1);
        expect((await run(['connections', 'test', name, '--json'])).exitCode).toBe(1);
      }
    }
    expect(readFileSync(join(line.folder, 'millrace.yaml'), 'utf8')).toContain('${secret:MYSQL0_PASSWORD}');
    await run(['connections', 'list', '--json']);
    await run([
      'connections',
      'add',
      'wrong',
      'mysql',
      '--set',
      `passwrd=${CANARIES[0] ?? ''}`,
      '--set',
      'user=u',
    ]);
    writeFileSync(
      join(line.folder, 'pipelines', 'p.yaml'),
      'version: 1\nname: p\nsteps:\n  a: { replicate: { from: mysql1, into: { connection: warehouse } } }\n',
    );
    expect((await run(['run', 'p'])).exitCode).toBe(1);
    await run(['plan', 'p', '--json']);
    await run(['runs', '--json']);
    expectNoSecret(CANARIES);
  });

  it('that come from the environment reach the server and nothing else', async () => {
    const canary = CANARIES[1] ?? '';
    const text = readFileSync(join(line.folder, 'millrace.yaml'), 'utf8');
    writeFileSync(
      join(line.folder, 'millrace.yaml'),
      text.replace(
        'connections:',
        'connections:\n  byenv: { type: mysql, host: 127.0.0.1, port: 1, user: u, password: "${env:SHOP_PASSWORD}" }',
      ),
    );
    expect(
      (await run(['connections', 'test', 'byenv'], { environment: { SHOP_PASSWORD: canary } })).exitCode,
    ).toBe(1);
    expectNoSecret([canary]);
  });
});

const server = await testServer('mariadb');

describe.skipIf(server === undefined)('secrets of a real server', { timeout: 180_000 }, () => {
  it('appear in no output and in no file, whether the login succeeds or not', async () => {
    const { host, port, user, database } = server?.connection ?? {};
    const settings = [
      '--set',
      `host=${String(host)}`,
      '--set',
      `port=${String(port)}`,
      '--set',
      `user=${String(user)}`,
      '--set',
      `database=${String(database)}`,
    ];
    await run(['connections', 'add', 'real', 'mysql', ...settings, '--secret-stdin', 'password'], {
      input: testPassword,
    });
    expect(await run(['connections', 'test', 'real'])).toMatchObject({ exitCode: 0 });
    await run(['connections', 'add', 'denied', 'mysql', ...settings, '--secret-stdin', 'password'], {
      input: CANARIES[2] ?? '',
    });
    const denied = await run(['connections', 'test', 'denied', '--json']);
    expect(JSON.parse(denied.out).error.code).toBe('authenticationFailed');
    expect(denied.exitCode).toBe(1);
    await run(['discover', 'real', '--json']);

    const table = `secrets_${process.pid}`;
    const db = new DatabaseSync(join(line.folder, 'source.db'));
    db.exec(
      `CREATE TABLE ${table} (id INTEGER NOT NULL PRIMARY KEY, name TEXT); INSERT INTO ${table} VALUES (1, 'Zoë'), (2, NULL)`,
    );
    db.close();
    await run(['connections', 'add', 'file', 'sqlite', '--set', 'path=source.db']);
    const schema = String(database);
    const pipeline = (name: string, from: string, include: string, into: string): void =>
      writeFileSync(
        join(line.folder, 'pipelines', `${name}.yaml`),
        `version: 1\nname: ${name}\nsteps:\n  a: { replicate: { from: ${from}, include: [${include}], into: { ${into} } } }\n`,
      );
    pipeline('there', 'file', table, `connection: real, schema: ${schema}`);
    pipeline('back', 'real', `${schema}.${table}`, 'connection: warehouse, schema: raw');
    expect(await run(['run', 'there', '--verify'])).toMatchObject({ exitCode: 0 });
    expect(await run(['run', 'back', '--verify'])).toMatchObject({ exitCode: 0 });
    const asked = await run(['query', `FROM raw.${table} ORDER BY id`, '--json']);
    expect(JSON.parse(asked.out).rows).toEqual([
      ['1', 'Zoë'],
      ['2', null],
    ]);
    expectNoSecret([...CANARIES, testPassword]);
  });
});
