/** A question of a person or an agent to a warehouse. */
export interface QueryRequest {
  /** One statement that reads, in the system's own dialect. */
  readonly sql: string;
  /** Rows to return at most; what is left out is said, never hidden. */
  readonly maxRows: number;
}

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as the system's own exact text; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** True when there were more rows than `maxRows`. */
  readonly isTruncated: boolean;
}
