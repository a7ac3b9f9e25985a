import type { Dialect, Kysely } from 'kysely';

import type { StoreSchema } from './store-schema.ts';

/** What differs between the databases that can hold the store; everything else is one text for all of them. */
export interface StoreDialect {
  readonly name: 'sqlite' | 'postgres';
  /** The place of the store as messages name it; holds no password. */
  readonly title: string;
  readonly kysely: Dialect;
  /** Makes what the schema stands on: nothing in SQLite, functions and the table of the version in PostgreSQL. */
  readonly prepare: (db: Kysely<StoreSchema>) => Promise<void>;
  /** How many migrations were applied. */
  readonly readVersion: (db: Kysely<StoreSchema>) => Promise<number>;
  readonly writeVersion: (db: Kysely<StoreSchema>, applied: number) => Promise<void>;
}
