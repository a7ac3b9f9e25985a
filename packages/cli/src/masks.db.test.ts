import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { findSecrets, findSecretsInFiles } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, type Outcome, type RunOptions } from './testing/command-line.ts';

const KEY = 'canary of 0123456789 a key';
const OTHER_KEY = 'another canary, 9876543210';

const PIPELINE = `version: 1
name: people
steps:
  customers:
    source: { connection: shop, table: customers }
  orders:
    source: { connection: shop, table: orders }
  people:
    mask: { from: customers, key: "\${secret:MASK_KEY}", columns: { email: { method: hash }, phone: { method: partial, last: 2 } } }
  sold:
    mask: { from: orders, key: "\${secret:MASK_KEY}", columns: { email: { method: hash } } }
  publishPeople:
    destination: { from: people, connection: warehouse, table: mart.people }
  publishSold:
    destination: { from: sold, connection: warehouse, table: mart.sold }
`;

let line: CommandLine;
const said: string[] = [];

async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const outcome = await line.run(args, options);
  said.push(outcome.out, outcome.err);
  return outcome;
}

async function rows(sql: string): Promise<readonly (readonly string[])[]> {
  return JSON.parse((await run(['query', sql, '--json'])).out).rows;
}

beforeAll(async () => {
  line = new CommandLine();
  await run(['init', '.']);
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(`
    CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, email TEXT, phone TEXT);
    CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, email TEXT);
    INSERT INTO customers VALUES (1, 'zoe@example.org', '0301234'), (2, 'al@example.org', NULL);
    INSERT INTO orders VALUES (10, 'zoe@example.org'), (11, 'zoe@example.org'), (12, 'nobody@example.org');`);
  await run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  writeFileSync(join(line.folder, 'pipelines', 'people.yaml'), PIPELINE);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

describe('masks', { timeout: 180_000 }, () => {
  it('ask for the key that is missing, and say how to give it', async () => {
    const refused = await run(['plan', 'people']);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('Add it with: millrace secrets set MASK_KEY');
    expect((await run(['secrets', 'list'])).out).toMatch(/MASK_KEY +missing +pipelines\/people\.yaml/);
    expect((await run(['secrets', 'set', 'MASK_KEY'], { input: 'tiny-key\n' })).exitCode).toBe(0);
    expect((await run(['plan', 'people'])).err).toContain('is too short to hide anything');
  });

  it('give tokens that join, with a key from the secrets that nothing lets out', async () => {
    const set = await run(['secrets', 'set', 'MASK_KEY'], { input: `${KEY}\n` });
    expect(set.out).toBe('Replaced the secret MASK_KEY. Documents refer to it as ${secret:MASK_KEY}\n');
    expect(await run(['run', 'people'])).toMatchObject({ exitCode: 0 });
    expect(
      await rows(
        'SELECT p.id, p.phone, count(*) FROM mart.people p JOIN mart.sold s USING (email) GROUP BY ALL',
      ),
    ).toEqual([['1', '*****34', '2']]);
    await run(['plan', 'people', '--json']);
    await run(['secrets', 'list', '--json']);
    expect(findSecrets(said.join('\n'), [KEY])).toEqual([]);
    expect(findSecretsInFiles(line.folder, [KEY])).toEqual([]);
  });

  it('are told to whom lineage is sent', async () => {
    const { runs } = JSON.parse((await run(['runs', '--json'])).out);
    const { out } = await run(['runs', runs[0].runId, '--openlineage']);
    const { outputs } = JSON.parse(out.trim().split('\n').at(-1) ?? '');
    const fields = outputs.find((output: { name: string }) => output.name === 'mart.people').facets
      .columnLineage.fields;
    const isMasked = (column: string): boolean => fields[column].inputFields[0].transformations[0].masking;
    expect(['id', 'email', 'phone'].map(isMasked)).toEqual([false, true, true]);
  });

  it('are all others with another key', async () => {
    const tokens = 'SELECT email FROM mart.people UNION SELECT email FROM mart.sold';
    const before = (await rows(tokens)).flat();
    await run(['secrets', 'set', 'MASK_KEY'], { input: OTHER_KEY });
    await run(['run', 'people']);
    const after = (await rows(tokens)).flat();
    expect(after).toHaveLength(3);
    expect(after.filter((token) => before.includes(token))).toEqual([]);
  });

  it('stand after the files of a run are gone: the plan says that all is read again, and the run does it', async () => {
    const before = await rows('FROM mart.people ORDER BY ALL');
    rmSync(join(line.folder, '.millrace', 'stage'), { recursive: true });
    const planned = await run(['plan', 'people']);
    expect(planned.out).toContain(
      'load   full: the rows of customers that it is made of are gone from this machine, and are read again first',
    );
    expect(await run(['run', 'people'])).toMatchObject({ exitCode: 0 });
    expect(await rows('FROM mart.people ORDER BY ALL')).toEqual(before);
  });

  it('end with their secret', async () => {
    expect((await run(['secrets', 'remove', 'MASK_KEI'])).err).toContain('Did you mean MASK_KEY?');
    expect((await run(['secrets', 'remove', 'MASK_KEY'])).out).toBe(
      'Removed the secret MASK_KEY. Still referred to in pipelines/people.yaml.\n',
    );
    expect((await run(['secrets', 'set', '1 x'], { input: 'y' })).err).toContain('cannot name a secret');
    expect((await run(['secrets', 'set', 'EMPTY'], { input: '\n' })).err).toContain('would be empty');
    expect((await run(['run', 'people'])).exitCode).toBe(2);
  });
});
