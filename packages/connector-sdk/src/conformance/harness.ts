import type { Field, LogicalType, TableName } from '@millrace/spec';

import type { ParquetFile } from '../batch/batch.ts';
import type { PipelineErrorCode } from '../pipeline-error.ts';
import type { OrderRow } from './orders.ts';

/** Cells as canonical text (see `DigestRequest`), null for NULL. */
export type TextRow = readonly (string | null)[];

/** The real thing behind a connector, for the conformance suite. One per connector folder. */
export interface ConnectorHarness {
  /** Servers or formats that the connector speaks to; the suite runs once for each. */
  readonly variants: readonly string[];
  /** Makes a place of its own in the system (a database, a file) or says in one line why this machine cannot. */
  start(variant: string, signal: AbortSignal): Promise<HarnessInstance | { readonly skipped: string }>;
}

export type ConnectorConfig = Readonly<Record<string, unknown>>;

export interface HarnessInstance extends AsyncDisposable {
  readonly config: ConnectorConfig;
  /** Values of `config` that must appear in no output. */
  readonly secrets: readonly string[];
  readonly source?: SourceHarness;
  readonly destination?: DestinationHarness;
  /** Where the system listens; absent when there is no wire. */
  readonly network?: NetworkHarness;
  /** Configurations that cannot work, and what must be said about each. */
  readonly wrongConfigs: readonly WrongConfig[];
}

export interface WrongConfig {
  readonly name: string;
  readonly config: ConnectorConfig;
  readonly code: PipelineErrorCode;
  /** What the message must name. */
  readonly message: RegExp;
}

export interface NetworkHarness {
  readonly host: string;
  readonly port: number;
  /** The configuration through a proxy, without encryption, that gives a silent connection up after about a second. */
  through(proxy: { readonly host: string; readonly port: number }): ConnectorConfig;
}

/** Makes tables behind the connector's back, by the system's own means. Table names are unique within the instance. */
export interface SourceHarness {
  /** A table of orders (`ORDER_COLUMNS`) with key `id` and an index over `updated_at`. */
  createOrders(name: string, rows: readonly OrderRow[]): Promise<TableName>;
  /** Inserts the rows or replaces those with the same id, in one transaction. */
  upsertOrders(table: TableName, rows: readonly OrderRow[]): Promise<void>;
  /** Absent where rows cannot go away. */
  deleteOrders?(table: TableName, ids: readonly number[]): Promise<void>;
  /** `rows` rows of `id` (64-bit integer, the key, 1 to `rows`) and `payload` (text of about 200 characters). */
  createLarge(name: string, rows: number): Promise<TableName>;
  /** One more row of a large table, while others read it; absent where the system cannot do both at a time. */
  insertLarge?(table: TableName, id: number): Promise<void>;
  /** Every type and boundary value of the system. */
  createBoundaries(name: string): Promise<BoundaryTable>;
  /** Why the system cannot have a table or a column of this name beside the other ones, or undefined when it can. */
  refusesName(name: string, kind: 'table' | 'column'): string | undefined;
  /** A table of integer columns with one row: 0, 1, 2, … */
  createNamed(table: string, columns: readonly string[]): Promise<TableName>;
  /** Removes a table. */
  drop(table: TableName): Promise<void>;
  /** Kills the reading statements of the connector at the server. */
  killReads?(): Promise<void>;
  /** Decodes Parquet files, for sources that hand them over whole. */
  readParquet?(file: ParquetFile, fields: readonly Field[]): Promise<readonly TextRow[]>;
}

/** A table whose first column is `id`; every other row has one value and NULL in all other columns. */
export interface BoundaryTable {
  readonly table: TableName;
  /** Without `id`. */
  readonly columns: readonly BoundaryColumn[];
}

export interface BoundaryColumn {
  readonly name: string;
  readonly native: string;
  /** What `discover` must say. */
  readonly type: LogicalType;
  readonly values: readonly BoundaryValue[];
}

/** A value by the server's own text, or the reason for which it must be rejected. */
export type BoundaryValue = { readonly id: number; readonly sql: string } & (
  | { readonly text: string }
  | { readonly rejected: RegExp }
);

export interface DestinationHarness {
  /** Where tables go; absent where the system has no schemas. */
  readonly schema?: string;
  /** Rows of a published table as canonical text, read by the system's own means and not by the connector's. */
  readRows(table: TableName, fields: readonly Field[]): Promise<readonly TextRow[]>;
  /** Does the work while the harness holds nothing that would keep another process out of the system. */
  withoutHolding?<T>(work: () => Promise<T>): Promise<T>;
}
