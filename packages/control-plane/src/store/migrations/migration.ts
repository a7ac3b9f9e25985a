import type { SchemaModule } from 'kysely';

/** One forward step of the store's schema. Released steps never change; a new need is a new step at the end. */
export interface Migration {
  /** As its file. */
  readonly name: string;
  readonly up: (schema: SchemaModule) => Promise<void>;
}
