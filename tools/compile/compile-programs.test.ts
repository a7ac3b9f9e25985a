import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { readManifest } from '../../bin/compiled.mjs';

const original = join(import.meta.dirname, '../..');
const temporary = temporaryFolder('compile');
/** A path that is no URL as it stands. */
const folder = join(temporary.path, 'a project #1');
const cli = join(folder, 'packages/cli/src/cli.ts');
const MAIN = 'packages/cli/src/main.ts';

afterAll(() => temporary.remove());

/** The project with sources of its own, and the packages that are installed. */
beforeAll(() => {
  mkdirSync(join(folder, 'tools'), { recursive: true });
  for (const path of ['bin', 'tools/compile', 'package.json', 'package-lock.json'])
    cpSync(join(original, path), join(folder, path), { recursive: true });
  for (const name of readdirSync(join(original, 'packages')))
    for (const path of ['package.json', 'src'])
      cpSync(join(original, 'packages', name, path), join(folder, 'packages', name, path), {
        recursive: true,
      });
  const installed = join(original, 'node_modules');
  mkdirSync(join(folder, 'node_modules/@millrace'), { recursive: true });
  for (const name of readdirSync(installed)) {
    const [from, to] = [join(installed, name), join(folder, 'node_modules', name)];
    // The sandbox may read these two where they are, and follows no link to another place.
    if (/^(?:isolated-vm|node-gyp-build)$/.test(name)) cpSync(from, to, { recursive: true });
    else if (name !== '@millrace') symlinkSync(from, to);
  }
  for (const name of readdirSync(join(folder, 'packages')))
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@millrace', name));
});

function run(program: string, ...args: readonly string[]): string {
  const options = { encoding: 'utf8', cwd: temporary.path } as const;
  const env = {
    ...process.env,
    XDG_CACHE_HOME: temporary.path,
    XDG_CONFIG_HOME: temporary.path,
    NODE_COMPILE_CACHE: '',
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { ...options, env });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

const millrace = (...args: readonly string[]): string => run(join(folder, 'bin/millrace.mjs'), ...args);

/** Compiles, and makes the command say so when it runs from what was compiled. */
function compile(): string {
  run(join(folder, 'tools/compile/main.ts'));
  const program = join(folder, readManifest(folder)?.programs[MAIN] ?? 'nothing');
  appendFileSync(program, "\nconsole.log('compiled');\n");
  return program;
}

it('runs the sources until they are compiled, then what was compiled', () => {
  expect(millrace('--version')).toBe('0.1.0\n');
  compile();
  expect(millrace('--version')).toBe('0.1.0\ncompiled\n');
});

it('runs a pipeline with code without its sources, in a folder whose name has a space', () => {
  const program = compile();
  const shop = join(temporary.path, 'my shop');
  run(program, 'init', shop, '--name', 'shop');
  using database = new DatabaseSync(join(shop, 'shop.db'));
  database.exec("CREATE TABLE teas (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO teas VALUES (1, 'mint')");
  run(program, 'connections', 'add', 'source', 'sqlite', '--set', 'path=shop.db', '--project', shop);
  mkdirSync(join(shop, 'transforms'), { recursive: true });
  writeFileSync(
    join(shop, 'transforms/loud.ts'),
    'export default (row) => ({ name: row.name.toUpperCase() });\n',
  );
  writeFileSync(
    join(shop, 'pipelines/teas.yaml'),
    `version: 1
name: teas
steps:
  teas: { source: { connection: source, table: teas } }
  loud: { code: { from: teas, file: loud.ts, columns: { name: string } } }
  publish: { destination: { from: loud, connection: warehouse, table: raw.teas } }
  all: { replicate: { from: source, into: { connection: warehouse, schema: copied } } }
`,
  );
  // The sandbox runs its own sources: it may read nothing else.
  const sources = join(folder, 'packages');
  const hidden = join(temporary.path, 'hidden');
  renameSync(sources, hidden);
  try {
    cpSync(join(hidden, 'engine/src/code'), join(sources, 'engine/src/code'), { recursive: true });
    cpSync(join(hidden, 'cli/package.json'), join(sources, 'cli/package.json'));
    expect(run(program, 'run', 'teas', '--verify', '--project', shop)).toContain('succeeded');
    const question = 'SELECT a.name, b.name AS copied FROM raw.teas a, copied.teas b';
    expect(run(program, 'query', question, '--project', shop)).toMatch(/MINT +mint/);
  } finally {
    rmSync(sources, { recursive: true, force: true });
    renameSync(hidden, sources);
  }
});

it('asks DuckDB about SQL once, and again when it was another program that asked', () => {
  const program = compile();
  const shop = join(temporary.path, 'asked once');
  run(program, 'init', shop, '--name', 'shop');
  using database = new DatabaseSync(join(shop, 'shop.db'));
  database.exec('CREATE TABLE teas (id INTEGER PRIMARY KEY); INSERT INTO teas VALUES (1), (2)');
  run(program, 'connections', 'add', 'source', 'sqlite', '--set', 'path=shop.db', '--project', shop);
  writeFileSync(
    join(shop, 'pipelines/teas.yaml'),
    `version: 1
name: teas
steps:
  teas: { source: { connection: source, table: teas } }
  few: { filter: { from: teas, where: id < 2 } }
  publish: { destination: { from: few, connection: warehouse, table: raw.teas } }
`,
  );
  const runTeas = (): string => run(program, 'run', 'teas', '--project', shop);
  expect(runTeas()).toContain('succeeded');
  const kept = join(shop, '.millrace/answers/teas.json');
  const text = readFileSync(kept, 'utf8');
  const head = text.slice(0, text.indexOf('\n'));
  const wrong = { kind: 'other', message: 'a kept answer', offset: null, length: 0, name: null, nearest: [] };
  const keys = Object.keys(JSON.parse(text.slice(head.length)));
  expect(keys.length).toBeGreaterThan(0);
  const wrongAnswers = JSON.stringify(Object.fromEntries(keys.map((key) => [key, wrong])));
  writeFileSync(kept, `${head}\n${wrongAnswers}`);
  expect(runTeas).toThrow('a kept answer');
  writeFileSync(kept, `${head.replace(/[0-9a-f]/, 'x')}\n${wrongAnswers}`);
  expect(runTeas()).toContain('succeeded');
  expect(readFileSync(kept, 'utf8')).toBe(text);
});

it('never runs what was compiled from other sources', () => {
  // A moment that can be set again to the tick.
  const before = new Date('2026-01-01T00:00:00Z');
  utimesSync(cli, before, before);
  compile();
  const text = readFileSync(cli, 'utf8');
  const { size } = statSync(cli);
  // Of the same length; only the time of the change tells.
  writeFileSync(cli, text.replace('Move tables into a warehouse', 'MOVE TABLES INTO A WAREHOUSE'));
  expect(statSync(cli).size).toBe(size);
  expect(millrace('--help')).toMatch(/MOVE TABLES INTO A WAREHOUSE/);
  expect(millrace('--help')).not.toContain('compiled\n');
  writeFileSync(cli, text);
  utimesSync(cli, before, before);
  expect(millrace('--version')).toContain('compiled');
});

it('does not take a file that is gone for one that did not change', () => {
  compile();
  const unused = join(folder, 'packages/cli/src/actions/users.ts');
  renameSync(unused, `${unused}.moved`);
  expect(millrace('--version')).toBe('0.1.0\n');
  renameSync(`${unused}.moved`, unused);
  expect(millrace('--version')).toContain('compiled');
});

it('leaves alone what runs from an older compilation, for a week', () => {
  const older = join(compile(), '..');
  appendFileSync(cli, '\n');
  const newer = join(compile(), '..');
  expect(newer).toBe(older);
  writeFileSync(cli, readFileSync(cli, 'utf8').replace('print the version', 'say the version'));
  const newest = join(compile(), '..');
  expect(newest).not.toBe(older);
  expect(statSync(older).isDirectory()).toBe(true);
  const longAgo = new Date(Date.now() - 8 * 86_400_000);
  utimesSync(older, longAgo, longAgo);
  writeFileSync(cli, readFileSync(cli, 'utf8').replace('say the version', 'tell the version'));
  const last = join(compile(), '..');
  expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual(
    [...[newest, last].map((path) => path.slice(-16)).toSorted(), 'current.json'].toSorted(),
  );
});

it('says what is wrong with a source that cannot be compiled, and keeps what there is', () => {
  const program = compile();
  const text = readFileSync(cli, 'utf8');
  writeFileSync(cli, `${text}\nimport './nowhere.ts';\n`);
  expect(() => run(join(folder, 'tools/compile/main.ts'))).toThrow(/nowhere\.ts/);
  expect(join(folder, readManifest(folder)?.programs[MAIN] ?? '')).toBe(program);
  writeFileSync(cli, text);
  expect(millrace('--version')).not.toContain('compiled');
  expect(statSync(program).isFile()).toBe(true);
});
