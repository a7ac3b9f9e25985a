import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '@millrace/connector-sdk/testing';

const project = join(import.meta.dirname, '..');
const folder = temporaryFolder('start');
const start = join(folder.path, 'tools/start.mjs');
afterAll(() => folder.remove());

/** A project of two files that has everything installed. */
beforeAll(() => {
  cpSync(join(project, 'bin'), join(folder.path, 'bin'), { recursive: true });
  mkdirSync(join(folder.path, 'tools'));
  cpSync(join(project, 'tools/start.mjs'), start);
  mkdirSync(join(folder.path, 'node_modules'));
  symlinkSync(join(project, 'node_modules/node'), join(folder.path, 'node_modules/node'));
  writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }');
  const packages = {
    '': {},
    'packages/own': { version: '1.0.0' },
    'node_modules/here': { version: '1.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  };
  const { 'node_modules/here': here } = packages;
  writeFileSync(join(folder.path, 'package-lock.json'), JSON.stringify({ packages }));
  const installed = JSON.stringify({ packages: { 'node_modules/here': here } });
  writeFileSync(join(folder.path, 'node_modules/.package-lock.json'), installed);
});

function command(source: string): void {
  writeFileSync(join(folder.path, 'tools/test.ts'), source);
}

it('runs a command on the local Node with its arguments and its exit code', () => {
  command(`const words: string[] = process.argv.slice(2);
    console.log(process.versions.node, import.meta.main, ...words);
    process.exitCode = 7;`);
  const { stdout, status } = spawnSync(process.execPath, [start, 'test', 'a b', '--flag'], {
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^24\.\d+\.\d+ true a b --flag\n$/);
  expect(status).toBe(7);
});

it('passes a signal on and ends the way the command does', async () => {
  command(
    `process.on('SIGTERM', () => process.exit(5)); console.log('ready'); setInterval(() => undefined, 1000);`,
  );
  const child = spawn(process.execPath, [start, 'test'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([5, null]);
});

it('names the commands when it is given none', () => {
  const { stderr, status } = spawnSync(process.execPath, [start], { encoding: 'utf8' });
  expect(stderr).toContain('the commands are demo, test, check');
  expect(status).toBe(1);
});

it('says so when a command has no file', () => {
  const { stderr, status } = spawnSync(process.execPath, [start, 'soak'], { encoding: 'utf8' });
  expect(stderr).toBe('tools/soak.ts does not exist, so there is no "soak" here.\n');
  expect(status).toBe(1);
});
