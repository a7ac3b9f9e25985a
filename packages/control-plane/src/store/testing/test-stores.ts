import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { temporaryFolder, testServer } from '@millrace/connector-sdk/testing';
import { Pool, types } from 'pg';

import { openStore, type Store } from '../open-store.ts';

/** A new, empty store of one test, that several may open at once. */
export interface TestStore extends AsyncDisposable {
  readonly location: string;
  readonly store: Store;
  /** Opens it again, as another process would. */
  readonly openAgain: () => Promise<Store>;
}

export interface TestStoreKind {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly create: () => Promise<TestStore>;
}

const server = await testServer('postgres');

/** Every database that can hold the store and that this machine has, for `describe.each`. */
export const testStores: readonly TestStoreKind[] = [
  { name: 'SQLite', create: createSqlite },
  ...(server === undefined ? [] : [{ name: 'PostgreSQL' as const, create: createPostgres }]),
];

async function createSqlite(): Promise<TestStore> {
  const folder = temporaryFolder('store');
  return await testStore(join(folder.path, 'state.db'), async () => folder.remove());
}

async function createPostgres(): Promise<TestStore> {
  const { location, drop } = await createStoreDatabase();
  return await testStore(location, drop);
}

/** An empty database on the shared server, which must be there. */
export async function createStoreDatabase(): Promise<{
  readonly location: string;
  readonly drop: () => Promise<void>;
}> {
  const name = `store_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  return { location: urlOf(name), drop: () => administer(`drop database ${name} with (force)`) };
}

async function testStore(location: string, remove: () => Promise<unknown>): Promise<TestStore> {
  const opened: Store[] = [];
  const openAgain = async (): Promise<Store> => {
    const store = await openStore(location);
    opened.push(store);
    return store;
  };
  return {
    location,
    store: await openAgain(),
    openAgain,
    async [Symbol.asyncDispose]() {
      for (const store of opened) await store[Symbol.asyncDispose]();
      await remove();
    },
  };
}

function urlOf(database: string): string {
  const { host, port, user, password } = { ...server?.connection, ...server?.adminConnection };
  const url = new URL(`postgres://${String(host)}:${String(port)}/${database}`);
  url.username = encodeURIComponent(String(user));
  url.password = encodeURIComponent(String(password));
  return url.href;
}

async function administer(statement: string): Promise<void> {
  const pool = new Pool({
    connectionString: urlOf('postgres'),
    max: 1,
    application_name: 'millrace tests',
    connectionTimeoutMillis: 10_000,
    keepAlive: false,
    types,
  });
  const client = await pool.connect();
  try {
    await client.query(statement, []);
  } finally {
    client.release();
    await pool.end();
  }
}
