import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { expect, it } from 'vitest';

it('says in one line which server is missing, and counts its tests as skipped', { timeout: 300_000 }, () => {
  using empty = temporaryFolder('no-programs');
  const files = ['mysql/source.db', 'mysql/types.db', 'mysql/destination.db', 'mysql/connection.db'];
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../test.ts'), ...files.map((file) => `packages/connectors/src/${file}`)],
    // Neither the servers' programs nor a package manager can be found.
    { encoding: 'utf8', env: { ...process.env, PATH: empty.path } },
  );
  const lines = stdout.trim().split('\n');
  const skips = lines.filter((line) => line.startsWith('skipped: tests of ')).toSorted();
  expect(skips).toHaveLength(2);
  expect(skips[0]).toMatch(/^skipped: tests of mariadb: needs mariadb-server-core, .*no apt-get$/);
  expect(skips[1]).toMatch(/^skipped: tests of mysql: needs .*no apt-get$/);
  expect(lines.at(-1)).toMatch(/^0 passed, 0 failed, [1-9]\d* skipped$/);
  expect(status).toBe(0);
});
