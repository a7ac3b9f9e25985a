import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStore } from './open-store.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-store-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('openStore', () => {
  it('makes the store, durable and in WAL mode, and opens it again', async () => {
    const path = join(folder, 'deep', 'state.db');
    for (let round = 0; round < 2; round++) {
      await using store = await openStore(path);
      expect((await sql<{ journal_mode: string }>`pragma journal_mode`.execute(store.db)).rows).toEqual([
        { journal_mode: 'wal' },
      ]);
      expect((await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)).rows).toEqual([
        { synchronous: 2 },
      ]);
      expect(await store.db.selectFrom('runs').selectAll().execute()).toEqual([]);
    }
  });

  it('migrates once when opened many times at once', async () => {
    const path = join(folder, 'state.db');
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(path)));
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  it('refuses a store of a newer version and leaves it as it was', async () => {
    const path = join(folder, 'state.db');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 999');
    newer.close();
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining('newer Millrace'),
    });
  });

  it('keeps the statements of other callers out of a transaction', async () => {
    await using store = await openStore(join(folder, 'state.db'));
    const insert = (name: string) => ({
      name,
      fence_token: 1,
      owner: 'x',
      run_id: null,
      acquired_at: 0,
      heartbeat_at: 0,
      expires_at: 0,
    });
    const failing = store.db.transaction().execute(async (db) => {
      await db.insertInto('leases').values(insert('inside')).execute();
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('rolled back');
    });
    const outside = store.db.insertInto('leases').values(insert('outside')).execute();
    await expect(failing).rejects.toThrow('rolled back');
    await outside;
    expect(await store.db.selectFrom('leases').select('name').execute()).toEqual([{ name: 'outside' }]);
  });
});
