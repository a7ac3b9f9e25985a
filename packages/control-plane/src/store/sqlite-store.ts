import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { sql } from 'kysely';

import { nodeSqliteDialect } from './node-sqlite-driver.ts';
import type { StoreDialect } from './store-dialect.ts';

/** The store in a file, made with its folder when missing. */
export async function sqliteStore(path: string): Promise<StoreDialect> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return {
    name: 'sqlite',
    title: path,
    kysely: nodeSqliteDialect(path),
    prepare: async () => undefined,
    readVersion: async (db) => {
      const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
      return rows[0]?.user_version ?? 0;
    },
    writeVersion: async (db, applied) => {
      await sql`pragma user_version = ${sql.lit(applied)}`.execute(db);
    },
  };
}
