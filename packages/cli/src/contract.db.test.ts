import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const NAMES = ['evolve', 'freeze', 'discardRow', 'pauseTable'] as const;

const pipeline = (name: string, contract: string) => `version: 1
name: ${name}
steps:
  shop:
    replicate: { from: shop, into: { connection: warehouse, schema: ${name} } }
    contract: { ${contract} }
`;

function source(sql: string): void {
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(sql);
}

function write(name: string, contract: string): void {
  writeFileSync(join(line.folder, 'pipelines', `${name}.yaml`), pipeline(name, contract));
}

interface Shown {
  readonly state: string;
  readonly warnings: readonly string[];
  readonly tasks: readonly {
    readonly source: string;
    readonly state: string;
    readonly pausedBecause: string | null;
    readonly error: { readonly message: string } | null;
  }[];
}

async function run(name: string): Promise<Shown> {
  return JSON.parse((await line.run(['run', name, '--json'])).out);
}

const statesOf = ({ tasks }: Shown) =>
  Object.fromEntries(tasks.map(({ source: name, state }) => [name, state]));

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'golden']);
  source('CREATE TABLE kept (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE gone (id INTEGER PRIMARY KEY)');
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  for (const name of NAMES) {
    write(name, `newTables: ${name}, missingTables: ${name === 'discardRow' ? 'evolve' : name}`);
    await run(name);
  }
  source('DROP TABLE gone; CREATE TABLE added (id INTEGER PRIMARY KEY)');
}, 180_000);

afterAll(() => line[Symbol.dispose]());

describe('tables that appear and go away under a replicate step', { timeout: 180_000 }, () => {
  it('are copied, and left where they are, with evolve', async () => {
    const shown = await run('evolve');
    expect(shown.warnings).toEqual([
      'The table added is new at the source and is copied.',
      'The table gone is gone at the source. What was published as evolve.gone stays.',
    ]);
    expect([shown.state, statesOf(shown)]).toEqual(['succeeded', { kept: 'published', added: 'published' }]);
    expect((await run('evolve')).warnings).toEqual([]);
  });

  it('fail with freeze, and hold up no other', async () => {
    for (const shown of [await run('freeze'), await run('freeze')]) {
      expect(shown.state).toBe('failed');
      expect(statesOf(shown)).toEqual({ kept: 'published', added: 'failed', gone: 'failed' });
    }
  });

  it('are left out with discardRow, in every run', async () => {
    for (const shown of [await run('discardRow'), await run('discardRow')]) {
      expect(shown.warnings).toContain(
        "The table added is new at the source and left out, as contract.newTables of 'shop' says.",
      );
      expect([shown.state, statesOf(shown)]).toEqual(['succeeded', { kept: 'published' }]);
    }
  });

  it('wait with pauseTable, until the document says otherwise', async () => {
    const outcome = await line.run(['run', 'pauseTable']);
    const said = normalize(outcome.out, line.folder).replaceAll(/\d+\.\d\d {2}–/g, '<seconds>  –');
    await expect(said).toMatchFileSnapshot('goldens/contract-paused.txt');
    expect(outcome.exitCode).toBe(0);
    const planned = normalize((await line.run(['plan', 'pauseTable'])).out, line.folder);
    await expect(planned).toMatchFileSnapshot('goldens/contract-plan.txt');
    expect(statesOf(await run('pauseTable'))).toEqual({ kept: 'published', added: 'paused', gone: 'paused' });
    write('pauseTable', 'newTables: evolve');
    expect(statesOf(await run('pauseTable'))).toEqual({ kept: 'published', added: 'published' });
  });
});

describe('a column that appears under a contract that lets none in', { timeout: 180_000 }, () => {
  const DOCUMENT = `version: 1
name: strict # the shop as accounting knows it
steps:
  items:
    source: { connection: shop, table: items }
    contract: { newColumns: freeze } # ask before columns are added
  others:
    source: { connection: shop, table: kept }
  publish:
    destination: { from: items, connection: warehouse, table: strict.items }
  publishOthers:
    destination: { from: others, connection: warehouse, table: strict.others }
`;
  const path = () => join(line.folder, 'pipelines', 'strict.yaml');
  const golden = async (name: string, out: string): Promise<void> => {
    const said = normalize(out, line.folder).replaceAll(/\d+\.\d\d(?= {2})/g, '<seconds>');
    await expect(said).toMatchFileSnapshot(`goldens/${name}.txt`);
  };

  it('is an event with what was, what is and an edit that takes it in', async () => {
    source("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO items VALUES (1, 'a')");
    writeFileSync(path(), DOCUMENT);
    await run('strict');
    source('ALTER TABLE items ADD COLUMN price INTEGER');
    await golden('contract-drift-plan', (await line.run(['plan', 'strict'])).out);
    const outcome = await line.run(['run', 'strict']);
    expect(outcome.exitCode).toBe(1);
    await golden('contract-drift-run', outcome.out);
    const { runs } = JSON.parse((await line.run(['runs', '--limit', '1', '--json'])).out);
    await golden('contract-drift-runs', (await line.run(['runs', runs[0].runId])).out);
    const shown = JSON.parse((await line.run(['runs', runs[0].runId, '--json'])).out);
    const { drift } = shown.tasks.find((task: { table: string }) => task.table === 'strict.items');
    expect(drift).toMatchObject({
      before: [{ name: 'id' }, { name: 'name' }],
      after: [{ name: 'id' }, { name: 'name' }, { name: 'price', type: 'int64', nullable: true }],
      edits: [{ kind: 'setField', path: ['steps', 'items', 'contract', 'newColumns'], value: 'evolve' }],
    });
    // What is proposed is what helps, and leaves the rest of the file alone.
    writeFileSync(path(), DOCUMENT.replace('newColumns: freeze', 'newColumns: evolve'));
    const after = await line.run(['run', 'strict']);
    expect(after).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('drift: strict.items: column price (int64) is new'),
    });
    const asked = await line.run(['query', 'SELECT * FROM strict.items', '--json']);
    expect(JSON.parse(asked.out).rows).toEqual([['1', 'a', null]]);
    const { proposal } = JSON.parse((await line.run(['runs', runs[0].runId, '--json'])).out);
    expect(proposal).toBeNull();
  });
});
