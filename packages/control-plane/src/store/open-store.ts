import { PipelineError } from '@millrace/connector-sdk';
import { Kysely } from 'kysely';

import { StoreFeed } from '../live/store-feed.ts';
import { migrations } from './migrations.ts';
import { sqliteStore } from './sqlite-store.ts';
import type { StoreDialect } from './store-dialect.ts';
import type { StoreSchema } from './store-schema.ts';

/** The metadata store: open for the life of one command or one server. */
export interface Store extends AsyncDisposable {
  readonly db: Kysely<StoreSchema>;
  readonly dialect: StoreDialect['name'];
  /** What happens in the store, as it happens, whichever process wrote it. */
  readonly live: StoreFeed;
}

/**
 * Opens the store at `location`, the path of a file (made with its folder when missing) or a `postgres://` URL, and brings
 * it to the newest schema. A store written by a newer Millrace is refused with `configInvalid`: its meaning is not known here.
 */
export async function openStore(location: string): Promise<Store> {
  const dialect = /^postgres(?:ql)?:\/\//.test(location)
    ? await openPostgres(location)
    : await sqliteStore(location);
  const db = new Kysely<StoreSchema>({ dialect: dialect.kysely });
  try {
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const live = new StoreFeed(db);
  return {
    db,
    dialect: dialect.name,
    live,
    [Symbol.asyncDispose]: async () => {
      await live[Symbol.asyncDispose]();
      await db.destroy();
    },
  };
}

/** Its driver takes longer to load than a file takes to open. */
async function openPostgres(url: string): Promise<StoreDialect> {
  const { postgresStore } = await import('./postgres-store.ts');
  return await postgresStore(url);
}

async function migrate(db: Kysely<StoreSchema>, dialect: StoreDialect): Promise<void> {
  if ((await dialect.readVersion(db)) === migrations.length) return;
  await db.transaction().execute(async (transaction) => {
    await dialect.prepare(transaction);
    const applied = await dialect.readVersion(transaction);
    if (applied > migrations.length) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `${dialect.title} was written by a newer Millrace (${applied} migrations, this one knows ${migrations.length}). Use the newer version.`,
      });
    }
    for (const migration of migrations.slice(applied))
      await migration.up(transaction.schema, dialect.name, transaction);
    await dialect.writeVersion(transaction, migrations.length);
  });
}
