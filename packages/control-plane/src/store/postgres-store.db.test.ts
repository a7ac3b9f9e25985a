import { testServer } from '@millrace/connector-sdk/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';

import { migrations } from './migrations.ts';
import { openStore } from './open-store.ts';
import { storeNow } from './store-clock.ts';
import { testStores } from './testing/test-stores.ts';

const server = await testServer('postgres');

describe.each(testStores)('a store in $name', ({ create }) => {
  it('is migrated once when opened many times at once', async () => {
    await using made = await create();
    await Promise.all(Array.from({ length: 6 }, () => made.openAgain()));
    expect(await made.store.db.selectFrom('schedules').selectAll().execute()).toEqual([]);
  });

  it('gives numbers for times and counts, as large as they get', async () => {
    await using made = await create();
    const before = Date.now();
    const { rows } = await sql<{ now: number; most: number; count: number }>`
      select ${storeNow} as now, max(fence_token) as most, count(*) as count from leases`.execute(
      made.store.db,
    );
    expect(rows[0]).toMatchObject({ most: null, count: 0 });
    expect(rows[0]?.now).toBeGreaterThan(before - 60_000);
  });
});

describe.skipIf(server === undefined)('a store on a PostgreSQL server', () => {
  it('of a newer version is refused and left as it was', async () => {
    const kind = testStores.find(({ name }) => name === 'PostgreSQL');
    if (!kind) throw new Error('There is a server, but no store on it.');
    await using made = await kind.create();
    await sql`update store_version set applied = 999`.execute(made.store.db);
    await expect(openStore(made.location)).rejects.toMatchObject({
      code: 'configInvalid',
      message: expect.stringContaining(`999 migrations, this one knows ${migrations.length}`),
    });
  });

  it('lets the server end the transaction of a process that vanished', async () => {
    const kind = testStores.find(({ name }) => name === 'PostgreSQL');
    if (!kind) throw new Error('There is a server, but no store on it.');
    await using made = await kind.create();
    const { rows } = await sql<{ pause: string; keepalive: string }>`
      select current_setting('idle_in_transaction_session_timeout') as pause,
        current_setting('tcp_keepalives_idle') as keepalive`.execute(made.store.db);
    expect(rows).toEqual([{ pause: '1min', keepalive: '60' }]);
  });

  it('that cannot be reached is named without its password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/state';
    const error = await openStore(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'connectionRefused',
      message: expect.stringContaining('postgres://127.0.0.1:1/state'),
    });
    expect(String(error)).not.toContain('hunter2');
  });
});
