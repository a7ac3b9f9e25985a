import { fingerprint } from '@millrace/compiler';
import type { RequiredTables } from '@millrace/compiler';
import { compileSelection, formatTableName } from '@millrace/spec';
import type { SourceTable } from '@millrace/spec';
import { sql } from 'kysely';

import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { DeclaredConnection } from './resolve-connections.ts';
import { isSecretSetting } from './secret-settings.ts';

/** Rows of one statement: SQLite takes 32,766 values. */
const ROWS_AT_ONCE = 1000;

/** What was seen so short a time ago and is the same again is not written again: small runs follow each other closely. */
const SEEN_AGAIN_MS = 60_000;

/** What can be said of a connection's tables without asking it. */
export interface KnownSchemas {
  readonly tables: readonly SourceTable[];
  /** The patterns of the request that nothing is known of; an empty text stands for every table. */
  readonly missing: readonly string[];
  /** When the oldest of them was seen, in ISO 8601 UTC; null when there are none. */
  readonly discoveredAt: string | null;
}

/** Keeps what discovery saw, for checks of documents while the source is not asked. Runs and plans always ask it. */
export async function rememberSchemas(
  store: Store,
  connection: DeclaredConnection,
  { include, exclude }: RequiredTables,
  tables: readonly SourceTable[],
): Promise<void> {
  const identity = identityOf(connection);
  const isAsked = compileSelection(include, exclude);
  const schemas = tables.map((table) => ({
    ...identity,
    table_name: formatTableName(table.table),
    definition: JSON.stringify(table),
    discovered_at: storeNow,
  }));
  const selections = patternsOf(include).map((pattern) => ({
    ...identity,
    selection: selectionOf(pattern, exclude),
    discovered_at: storeNow,
  }));
  if (await wasSeenJustNow(store, { schemas, selections, isAsked, ...identity })) return;
  await store.db.transaction().execute(async (db) => {
    const known = await db
      .selectFrom('known_schemas')
      .select('table_name')
      .where('connection', '=', identity.connection)
      .where('settings', '=', identity.settings)
      .execute();
    // Also the tables that are gone at the source since.
    const replaced = known.map((row) => row.table_name).filter(isAsked);
    for (let start = 0; start < replaced.length; start += ROWS_AT_ONCE) {
      await db
        .deleteFrom('known_schemas')
        .where('connection', '=', identity.connection)
        .where('settings', '=', identity.settings)
        .where('table_name', 'in', replaced.slice(start, start + ROWS_AT_ONCE))
        .execute();
    }
    for (let start = 0; start < schemas.length; start += ROWS_AT_ONCE) {
      await db
        .insertInto('known_schemas')
        .values(schemas.slice(start, start + ROWS_AT_ONCE))
        .onConflict((conflict) =>
          conflict.columns(['connection', 'settings', 'table_name']).doUpdateSet((row) => ({
            definition: row.ref('excluded.definition'),
            discovered_at: storeNow,
          })),
        )
        .execute();
    }
    await db
      .insertInto('discoveries')
      .values(selections)
      .onConflict((conflict) =>
        conflict.columns(['connection', 'settings', 'selection']).doUpdateSet({ discovered_at: storeNow }),
      )
      .execute();
  });
}

interface Seen {
  readonly connection: string;
  readonly settings: string;
  readonly schemas: readonly { readonly table_name: string; readonly definition: string }[];
  readonly selections: readonly { readonly selection: string }[];
  readonly isAsked: (table: string) => boolean;
}

/** Whether a discovery of the same selections saw exactly this a moment ago. */
async function wasSeenJustNow(
  { db }: Store,
  { connection, settings, schemas, selections, isAsked }: Seen,
): Promise<boolean> {
  const fresh = await db
    .selectFrom('discoveries')
    .select('selection')
    .where('connection', '=', connection)
    .where('settings', '=', settings)
    .where('discovered_at', '>', sql<number>`${storeNow} - ${SEEN_AGAIN_MS}`)
    .execute();
  const known = new Set(fresh.map(({ selection }) => selection));
  if (!selections.every(({ selection }) => known.has(selection))) return false;
  const tables = await db
    .selectFrom('known_schemas')
    .select(['table_name', 'definition'])
    .where('connection', '=', connection)
    .where('settings', '=', settings)
    .execute();
  const asked = tables.filter((row) => isAsked(row.table_name));
  const definitions = new Map(asked.map((row) => [row.table_name, row.definition]));
  return (
    asked.length === schemas.length &&
    schemas.every((row) => definitions.get(row.table_name) === row.definition)
  );
}

/**
 * What the last discoveries saw of the tables that are asked for. When one of them is not there, of all others too: it may
 * be misspelt.
 */
export async function recallSchemas(
  store: Store,
  connection: DeclaredConnection,
  { include, exclude }: RequiredTables,
): Promise<KnownSchemas> {
  const { connection: name, settings } = identityOf(connection);
  const known = await store.db
    .selectFrom('known_schemas')
    .select(['table_name', 'discovered_at'])
    .where('connection', '=', name)
    .where('settings', '=', settings)
    .execute();
  const discoveries = await store.db
    .selectFrom('discoveries')
    .select('selection')
    .where('connection', '=', name)
    .where('settings', '=', settings)
    .execute();
  const selections = new Set(discoveries.map(({ selection }) => selection));
  const names = new Set(known.map((row) => row.table_name));
  // A table that was not there when it was asked for may have come since.
  const isFound = (pattern: string): boolean =>
    pattern === '' ||
    pattern.includes('*') ||
    [...names].some(
      (table) =>
        compileSelection([pattern], exclude)(table) ||
        table.toLowerCase().endsWith(`.${pattern.toLowerCase()}`),
    );
  const isKnown = (pattern: string): boolean =>
    names.has(pattern) ||
    selections.has(selectionOf('', [])) ||
    (selections.has(selectionOf(pattern, exclude)) && isFound(pattern));
  const isWhole = include.every((pattern) => pattern.includes('*') || names.has(pattern));
  const isAsked = isWhole ? compileSelection(include, exclude) : () => true;
  const asked = known.filter((row) => isAsked(row.table_name));
  const definitions: string[] = [];
  for (let start = 0; start < asked.length; start += ROWS_AT_ONCE) {
    const rows = await store.db
      .selectFrom('known_schemas')
      .select('definition')
      .where('connection', '=', name)
      .where('settings', '=', settings)
      .where(
        'table_name',
        'in',
        asked.slice(start, start + ROWS_AT_ONCE).map((row) => row.table_name),
      )
      .orderBy('table_name')
      .execute();
    definitions.push(...rows.map((row) => row.definition));
  }
  return {
    tables: definitions.map((definition): SourceTable => JSON.parse(definition)),
    missing: patternsOf(include).filter((pattern) => !isKnown(pattern)),
    discoveredAt:
      asked.length === 0 ? null : new Date(Math.min(...asked.map((row) => row.discovered_at))).toISOString(),
  };
}

function identityOf({ name, connector, definition, settings }: DeclaredConnection): {
  readonly connection: string;
  readonly settings: string;
} {
  const shown = Object.entries(settings).filter(([key]) => !isSecretSetting(definition, [key]));
  return { connection: name, settings: fingerprint([connector, Object.fromEntries(shown)]) };
}

function patternsOf(include: readonly string[]): readonly string[] {
  return include.length === 0 ? [''] : include;
}

function selectionOf(pattern: string, exclude: readonly string[]): string {
  return JSON.stringify([pattern, exclude.toSorted()]);
}
