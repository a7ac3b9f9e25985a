import type { TableName } from '@millrace/spec';

import type { TextRow } from '../harness.ts';

/** A connection of the harness's own, for what tests do behind the connector's back. */
export interface SqlProbe {
  /** One statement. */
  run(sql: string): Promise<void>;
  /** Rows as the server's own text. */
  rows(sql: string): Promise<readonly TextRow[]>;
  quote(name: string): string;
  /** A text as a literal. */
  literal(text: string): string;
  /** Where tables are made; absent where there are no schemas. */
  readonly schema?: string;
}

export function tableIn(probe: SqlProbe, name: string): TableName {
  return probe.schema === undefined ? { name } : { schema: probe.schema, name };
}

export function quoteTableOf(probe: SqlProbe, table: TableName): string {
  return table.schema === undefined
    ? probe.quote(table.name)
    : `${probe.quote(table.schema)}.${probe.quote(table.name)}`;
}
