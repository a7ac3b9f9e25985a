import type { TableName } from '@millrace/spec';

import { reportedType } from '../types.ts';
import { foldName, OWN_SCHEMA, tableKey } from './names.ts';
import { readPublications, type Publication } from './publication.ts';
import type { Session } from './session.ts';

export interface CatalogColumn {
  readonly name: string;
  readonly nativeType: string;
  readonly isNullable: boolean;
}

/** A table or view of the file, and the record of its last publication. */
export interface CatalogTable {
  readonly table: TableName;
  readonly kind: 'table' | 'view';
  readonly columns: readonly CatalogColumn[];
  /** The declared primary key; empty when there is none. */
  readonly key: readonly string[];
  readonly estimatedRows: number | null;
  readonly publication: Publication | null;
}

/**
 * What the file holds, in memory: read once when the file is opened and updated after each commit. It stays true because
 * this process is the only one that can open the file, so that describing and publishing cost no catalog query.
 */
export class Catalog {
  readonly #tables = new Map<string, CatalogTable>();
  /** Records whose table is gone (dropped by hand) keep counting versions and fencing. */
  readonly #publications = new Map<string, Publication>();
  hasPublications = false;
  readonly #schemas = new Set<string>();

  static async read(session: Session, signal: AbortSignal): Promise<Catalog> {
    const catalog = new Catalog();
    const { tables, columns, schemas, keys } = await readCatalog(session, signal);
    const keyOf = new Map(keys.map(([schema, name, key]) => [`${schema}\0${name}`, key]));
    catalog.hasPublications = tables.some(
      ([schema, name]) => schema === OWN_SCHEMA && name === 'publications',
    );
    for (const [name] of schemas) catalog.#schemas.add(foldName(name ?? ''));
    if (catalog.hasPublications) {
      for (const publication of await readPublications(session, signal)) {
        catalog.#publications.set(tableKey(publication.table), publication);
      }
    }
    const columnsOf = Map.groupBy(columns, ([schema, name]) => `${schema}\0${name}`);
    for (const [schema, name, kind, rows] of tables) {
      if (
        schema === null ||
        schema === undefined ||
        name === null ||
        name === undefined ||
        schema === OWN_SCHEMA
      )
        continue;
      const table = { schema, name };
      catalog.#tables.set(tableKey(table), {
        table,
        kind: kind === 'view' ? 'view' : 'table',
        columns: (columnsOf.get(`${schema}\0${name}`) ?? []).map(toColumn),
        key: parseNames(keyOf.get(`${schema}\0${name}`)),
        estimatedRows: rows === null || rows === undefined ? null : Number(rows),
        publication: catalog.#publications.get(tableKey(table)) ?? null,
      });
    }
    return catalog;
  }

  get tables(): readonly CatalogTable[] {
    return [...this.#tables.values()];
  }

  get publications(): readonly Publication[] {
    return [...this.#publications.values()];
  }

  find(table: TableName): CatalogTable | undefined {
    return this.#tables.get(tableKey(table));
  }

  findPublication(table: TableName): Publication | undefined {
    return this.#publications.get(tableKey(table));
  }

  hasSchema(name: string): boolean {
    return this.#schemas.has(foldName(name));
  }

  /** To be called after the commit that wrote the record. */
  published(table: CatalogTable, publication: Publication): void {
    this.hasPublications = true;
    this.#publications.set(tableKey(table.table), publication);
    this.#tables.set(tableKey(table.table), table);
    this.#schemas.add(foldName(table.table.schema ?? 'main'));
  }
}

async function readCatalog(session: Session, signal: AbortSignal) {
  const tables = await session.texts(
    `SELECT schema_name, table_name, 'table', CAST(estimated_size AS VARCHAR) FROM duckdb_tables()
      WHERE database_name = current_database() AND NOT internal AND NOT temporary
    UNION ALL
    SELECT schema_name, view_name, 'view', NULL FROM duckdb_views()
      WHERE database_name = current_database() AND NOT internal AND NOT temporary`,
    signal,
  );
  const columns = await session.texts(
    `SELECT schema_name, table_name, column_name, data_type, CAST(is_nullable AS VARCHAR) FROM duckdb_columns()
      WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index`,
    signal,
  );
  const schemas = await session.texts(
    'SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()',
    signal,
  );
  const keys = await session.texts(
    `SELECT schema_name, table_name, CAST(to_json(constraint_column_names) AS VARCHAR) FROM duckdb_constraints()
      WHERE database_name = current_database() AND constraint_type = 'PRIMARY KEY'`,
    signal,
  );
  return { tables, columns, schemas, keys };
}

function toColumn(row: readonly (string | null)[]): CatalogColumn {
  return { name: row[2] ?? '', nativeType: reportedType(row[3] ?? ''), isNullable: row[4] === 'true' };
}

function parseNames(json: string | null | undefined): readonly string[] {
  if (json === null || json === undefined) return [];
  const names: readonly string[] = JSON.parse(json);
  return names;
}
