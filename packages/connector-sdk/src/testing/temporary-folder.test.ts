import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { removeAbandonedFolders, temporaryFolder } from './temporary-folder.ts';

it('is gone with its content when its scope ends', () => {
  let path: string;
  {
    using folder = temporaryFolder('scope');
    ({ path } = folder);
    writeFileSync(join(path, 'file'), 'content');
  }
  expect(existsSync(path)).toBe(false);
});

it('is removed later when its process died, and only then', () => {
  using own = temporaryFolder('alive');
  const abandoned = join(tmpdir(), 'millrace-999999999-test-abandoned');
  mkdirSync(abandoned, { recursive: true });
  expect(removeAbandonedFolders()).toContain(abandoned);
  expect(existsSync(abandoned)).toBe(false);
  expect(existsSync(own.path)).toBe(true);
});

it('finds ports that are free', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThan(1023);
});
