import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineConnector } from '@millrace/connector-sdk';
import { formatTableName, locateNowhere, type SourceTable } from '@millrace/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { openStore, type Store } from '../store/open-store.ts';
import { recallSchemas, rememberSchemas } from './known-schemas.ts';
import type { DeclaredConnection } from './resolve-connections.ts';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-schemas-'));
  store = await openStore(join(folder, 'state.db'));
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const definition = defineConnector({
  name: 'system',
  title: 'System',
  summary: 'A system.',
  config: z.strictObject({ host: z.string(), password: z.string().meta({ secret: true }) }),
  capabilities: {},
});

function connection(settings: Readonly<Record<string, unknown>>): DeclaredConnection {
  return { name: 'shop', connector: 'system', definition, settings, locate: locateNowhere('millrace.yaml') };
}

function table(name: string, column = 'id'): SourceTable {
  return {
    table: { schema: 'shop', name },
    kind: 'table',
    fields: [
      {
        name: column,
        type: { kind: 'integer', bits: 64, signed: true },
        nullable: false,
        nativeType: 'bigint',
      },
    ],
    key: [],
    indexedColumns: [],
    estimatedRows: null,
    estimatedBytes: null,
    cursorCandidates: [],
    notes: [],
  };
}

const ALL = { include: [], exclude: [] };
const shop = connection({ host: 'a', password: 'x' });

async function known(
  asked: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  of: DeclaredConnection = shop,
): Promise<{ readonly tables: readonly string[]; readonly missing: readonly string[] }> {
  const { tables, missing } = await recallSchemas(store, of, asked);
  return { tables: tables.map((one) => formatTableName(one.table)), missing };
}

describe('known schemas', () => {
  it('are what was asked for, and say what was not', async () => {
    expect(await recallSchemas(store, shop, ALL)).toEqual({ tables: [], missing: [''], discoveredAt: null });
    await rememberSchemas(store, shop, { include: ['shop.a', 'shop.b*'], exclude: [] }, [
      table('a'),
      table('bc'),
    ]);
    const asked = { include: ['shop.a', 'shop.bc', 'shop.b*', 'shop.c'], exclude: [] };
    expect(await known(asked)).toEqual({ tables: ['shop.a', 'shop.bc'], missing: ['shop.c'] });
    expect((await known({ include: ['shop.bc'], exclude: [] })).tables).toEqual(['shop.bc']);
    expect((await known({ include: ['shop.b*'], exclude: ['shop.bc'] })).missing).toEqual(['shop.b*']);
    expect((await known(ALL)).missing).toEqual(['']);
  });

  it('lack a table that was not there when it was asked for, as it may have come since', async () => {
    const asked = { include: ['shop.late', 'b', 'c*'], exclude: [] };
    await rememberSchemas(store, shop, asked, [table('b')]);
    expect((await known(asked)).missing).toEqual(['shop.late']);
    const others = { include: [], exclude: ['shop.x*'] };
    await rememberSchemas(store, shop, others, []);
    expect((await known(others)).missing).toEqual([]);
    await rememberSchemas(store, shop, asked, [table('late'), table('b')]);
    expect((await known({ include: ['shop.late'], exclude: [] })).missing).toEqual([]);
  });

  it('lack nothing once every table was seen, and forget those that are gone', async () => {
    await rememberSchemas(store, shop, ALL, [table('a'), table('b')]);
    expect(await known({ include: ['shop.z', 'x.*'], exclude: ['y'] })).toEqual({
      tables: ['shop.a', 'shop.b'],
      missing: [],
    });
    await rememberSchemas(store, shop, { include: ['shop.b*'], exclude: [] }, []);
    expect((await known(ALL)).tables).toEqual(['shop.a']);
    await rememberSchemas(store, shop, ALL, [table('a', 'other')]);
    const { tables, discoveredAt } = await recallSchemas(store, shop, ALL);
    expect(tables).toEqual([table('a', 'other')]);
    expect(Date.parse(discoveredAt ?? '')).toBeGreaterThan(Date.parse('2026-01-01'));
  });

  it('are not written again when the same was seen a moment ago, and are when they were seen long ago', async () => {
    const seenAt = async () => (await recallSchemas(store, shop, ALL)).discoveredAt;
    const make = async (discoveredAt: number) => {
      for (const name of ['known_schemas', 'discoveries'] as const)
        await store.db.updateTable(name).set({ discovered_at: discoveredAt }).execute();
      await rememberSchemas(store, shop, ALL, [table('a')]);
    };
    await rememberSchemas(store, shop, ALL, [table('a')]);
    const justNow = Date.now() - 5_000;
    await make(justNow);
    expect(await seenAt()).toBe(new Date(justNow).toISOString());
    await make(justNow - 60_000);
    expect(Date.parse((await seenAt()) ?? '')).toBeGreaterThan(justNow);
    await rememberSchemas(store, shop, ALL, [table('a', 'other')]);
    expect((await recallSchemas(store, shop, ALL)).tables).toEqual([table('a', 'other')]);
    await rememberSchemas(store, shop, ALL, []);
    expect((await recallSchemas(store, shop, ALL)).tables).toEqual([]);
  });

  it('belong to the settings that they were seen with; secrets do not count', async () => {
    await rememberSchemas(store, shop, ALL, [table('a')]);
    expect((await known(ALL, connection({ host: 'b', password: 'x' }))).missing).toEqual(['']);
    expect((await known(ALL, connection({ password: 'y', host: 'a' }))).tables).toEqual(['shop.a']);
  });

  it('hold thousands of tables', async () => {
    const tables = Array.from({ length: 2_500 }, (_, index) => table(`t${index}`));
    await rememberSchemas(store, shop, ALL, tables);
    await rememberSchemas(store, shop, ALL, tables);
    expect((await known(ALL)).tables).toHaveLength(2_500);
  });
});
