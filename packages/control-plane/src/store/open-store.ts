import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { Kysely, sql } from 'kysely';

import { migrations } from './migrations.ts';
import { nodeSqliteDialect } from './node-sqlite-driver.ts';
import type { StoreSchema } from './store-schema.ts';

/** The metadata store: open for the life of one command or one server. */
export interface Store extends AsyncDisposable {
  readonly db: Kysely<StoreSchema>;
}

/**
 * Opens the store at `path` (made with its folder when missing) and brings it to the newest schema.
 * A store written by a newer Millrace is refused with `configInvalid`: its meaning is not known here.
 */
export async function openStore(path: string): Promise<Store> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const db = new Kysely<StoreSchema>({ dialect: nodeSqliteDialect(path) });
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

async function migrate(db: Kysely<StoreSchema>, path: string): Promise<void> {
  if ((await appliedMigrations(db)) === migrations.length) return;
  await db.transaction().execute(async (transaction) => {
    const applied = await appliedMigrations(transaction);
    if (applied > migrations.length) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${path} was written by a newer Millrace (${applied} migrations, this one knows ${migrations.length}). Use the newer version.`,
      });
    }
    for (const migration of migrations.slice(applied)) await migration.up(transaction.schema);
    await sql`pragma user_version = ${sql.lit(migrations.length)}`.execute(transaction);
  });
}

async function appliedMigrations(db: Kysely<StoreSchema>): Promise<number> {
  const result = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  return result.rows[0]?.user_version ?? 0;
}
