import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { cachedFolder } from './cached-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('is built once, and complete whenever it exists, although several build it at a time', async () => {
  using cache = temporaryFolder('cache');
  vi.stubEnv('XDG_CACHE_HOME', cache.path);
  const build = async (folder: string): Promise<void> => {
    writeFileSync(join(folder, 'first'), '1');
    await setTimeout(20);
    writeFileSync(join(folder, 'second'), '2');
  };
  const paths = await Promise.all([1, 2, 3].map(() => cachedFolder('thing', build)));
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(join(paths[0] as string, 'second'), 'utf8')).toBe('2');
  await cachedFolder('thing', () => Promise.reject(new Error('is not built again')));
  expect(readdirSync(join(cache.path, 'millrace'))).toEqual(['thing']);
});

it('does not exist after a build that failed', async () => {
  using cache = temporaryFolder('cache');
  vi.stubEnv('XDG_CACHE_HOME', cache.path);
  await expect(cachedFolder('thing', () => Promise.reject(new Error('no network')))).rejects.toThrow(
    'no network',
  );
  expect(readdirSync(join(cache.path, 'millrace'))).toEqual([]);
});
