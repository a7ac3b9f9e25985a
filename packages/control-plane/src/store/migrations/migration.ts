import type { CreateTableBuilder, Kysely, SchemaModule } from 'kysely';

import type { StoreDialect } from '../store-dialect.ts';
import type { StoreSchema } from '../store-schema.ts';

/** One forward step of the store's schema. Released steps never change; a new need is a new step at the end. */
export interface Migration {
  /** As its file. */
  readonly name: string;
  /** `db` is for statements over rows; its types are those of the newest schema, so write them as raw SQL. */
  readonly up: (
    schema: SchemaModule,
    dialect: StoreDialect['name'],
    db: Kysely<StoreSchema>,
  ) => Promise<void>;
}

/** Adds a primary key that the database numbers, rising and never given twice. */
export function addSequence<Table extends string, Columns extends string>(
  table: CreateTableBuilder<Table, Columns>,
  dialect: StoreDialect['name'],
): CreateTableBuilder<Table, Columns | 'sequence'> {
  return dialect === 'sqlite'
    ? table.addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn('sequence', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
}
