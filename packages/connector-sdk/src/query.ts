import type { TableName } from '@millrace/spec';

/** A question of a person or an agent to a warehouse. */
export interface QueryRequest {
  /** One statement that reads, in the system's own dialect. */
  readonly sql: string;
  /** Rows to return at most; what is left out is said, never hidden. */
  readonly maxRows: number;
  /** Rows end before their text is longer than this; without it, where `maxRows` says. */
  readonly maxBytes?: number;
  /** The only tables the statement may read; without it, all there are. What reads another is `queryFailed`. */
  readonly tables?: readonly TableName[];
}

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as the system's own exact text; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** True when there were more rows than `maxRows`, or than fit into `maxBytes`. */
  readonly isTruncated: boolean;
  /** The tables it read, where the system tells. */
  readonly tables?: readonly TableName[];
}

/** An answer to be kept as a file. */
export interface ExportRequest extends Pick<QueryRequest, 'sql' | 'tables'> {
  readonly format: 'csv' | 'json' | 'parquet' | 'xlsx';
  /** Of the file to write; its folder is there. */
  readonly path: string;
  /**
   * Whether texts are written as they are. Otherwise a spreadsheet shows them as text: one that it would take for a formula gets an
   * apostrophe in front. For formats that spreadsheets open only.
   */
  readonly isRaw: boolean;
}

export interface ExportResult {
  readonly rows: number;
  readonly tables: readonly TableName[];
}
