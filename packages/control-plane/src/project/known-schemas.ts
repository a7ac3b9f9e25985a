import { fingerprint } from '@millrace/compiler';
import type { RequiredTables } from '@millrace/compiler';
import { compileSelection, formatTableName } from '@millrace/spec';
import type { SourceTable } from '@millrace/spec';

import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { DeclaredConnection } from './resolve-connections.ts';
import { isSecretSetting } from './secret-settings.ts';

/** Rows of one statement: SQLite takes 32,766 values. */
const ROWS_AT_ONCE = 1000;

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
  const isKnown = (pattern: string): boolean =>
    selections.has(selectionOf('', [])) ||
    selections.has(selectionOf(pattern, exclude)) ||
    names.has(pattern);
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
