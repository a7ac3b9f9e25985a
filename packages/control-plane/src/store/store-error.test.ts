import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStore } from './open-store.ts';
import { toStoreError } from './store-error.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('store-error');
  path = join(folder.path, 'state.db');
});
afterEach(() => folder.remove());

describe('a store that', () => {
  it('is a folder is named, with what to check', async () => {
    mkdirSync(path);
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'permissionDenied',
      blame: 'platform',
      message: expect.stringMatching(
        /state\.db, cannot be opened\. Check .*\(unable to open database file\)/,
      ),
    });
  });

  it('is something else says what is lost when it is moved aside', async () => {
    writeFileSync(path, 'these are not the bytes of a database'.repeat(100));
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'fileMalformed',
      message: expect.stringMatching(/is no database\. Put a copy back, or move it aside: .*positions/),
    });
  });

  it('outgrows its disk says so', async () => {
    await using store = await openStore(path);
    await sql`pragma max_page_count = 1`.execute(store.db);
    const big = 'x'.repeat(1_000_000);
    const insert = store.db
      .insertInto('leases')
      .values({
        name: big,
        fence_token: 1,
        owner: big,
        run_id: null,
        acquired_at: 0,
        heartbeat_at: 0,
        expires_at: 0,
      })
      .execute();
    await expect(insert).rejects.toMatchObject({
      code: 'diskFull',
      message: expect.stringContaining('Free space'),
    });
  });

  it('is used wrongly by us stays a defect', () => {
    using database = new DatabaseSync(':memory:');
    expect.assertions(1);
    try {
      database.exec('SELECT nothing');
    } catch (error) {
      expect(toStoreError(path, error)).toBe(error);
    }
  });
});
