import type { SourceField, SourceTable } from '@millrace/spec';

import type { Batch, ParquetFile } from './batch/batch.ts';
import type { Digestible } from './digest.ts';

/** Which server this is, so that a replaced server is noticed: a saved position is valid only for the same identity. */
export interface ServerIdentity {
  readonly product: string;
  readonly version: string;
  /** Stable for the life of the data set: server_uuid, system identifier, path and inode; never a host name alone. */
  readonly identity: string;
}

export interface DiscoverRequest {
  /** Globs over `schema.table` (or `table` where there are no schemas); `*` does not cross the dot. Empty = everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Also the foreign keys that tables declare; runs do without, because some servers take long to tell. */
  readonly withForeignKeys?: true;
}

/** Rows at or after `from` in the order of a column. */
export interface CursorRange {
  readonly column: string;
  /** Inclusive lower bound as canonical text, or null for everything (NULLs are never part of a cursor range with a bound). */
  readonly from: string | null;
  /** Subtracted from `from` by the source: a duration in microseconds for time types, a plain amount for integers. */
  readonly lookback: bigint;
}

/** Rows in which a column has one of some values, as canonical text: integers, decimals, texts, uuids and dates. */
export interface ValueMatch {
  readonly column: string;
  readonly values: readonly string[];
}

export interface ReadRequest {
  readonly table: SourceTable;
  /** The columns to read, in this order; a subset of `table.fields`, by the names the source knows. */
  readonly fields: readonly SourceField[];
  readonly cursor: CursorRange | null;
  /** The position an earlier read of this table returned, for sources that resume by it (files already loaded). */
  readonly position: SourcePosition | null;
  /**
   * For samples: any so many rows will do, whichever are cheapest, and no more are asked of the source. Up to a batch or
   * a file more may be sent; position and high mark then mean nothing.
   */
  readonly maxRows?: number;
  /** For samples, with `maxRows`: only such rows, found by an index of theirs. Sources without indexes may send any rows. */
  readonly matching?: ValueMatch;
  /** A folder of the attempt's own on a local disk. */
  readonly scratchFolder: string;
}

/** Opaque to everyone but the connector; plain JSON. Saved in the same destination transaction as the rows it covers. */
export type SourcePosition = Readonly<Record<string, unknown>>;

/** What a read saw in its one consistent snapshot; returned after the last batch, and only if the server said "end of rows". */
export interface ReadResult {
  /** Rows the server sent, including rejected ones. */
  readonly rowsSent: number;
  readonly bytesReceived: number;
  /** The highest cursor value in the snapshot as canonical text; null when there was no row or no cursor. */
  readonly highMark: string | null;
  /** Where a later read of this table continues, and what the snapshot was. */
  readonly position: SourcePosition;
  /** What was run: the text that `describeRead` gives for the same request. */
  readonly statement: string;
}

/** Evidence for or against a cursor, gathered by the source in bounded time. */
export interface CursorEvidence {
  readonly nullCount: number;
  readonly sampledRows: number;
  readonly isIndexed: boolean;
  readonly estimatedRows: number | null;
}

/**
 * Reads tables. Opened once per worker and used for one read at a time, many reads one after the other.
 *
 * Who calls what: `check` before anything; `discover` at plan time and again before each read (drift); `describeRead` for
 * people who look at a plan; `read` per table and attempt. Every method stops within a second of the signal and throws `PipelineError` only. A read that
 * ends without `ReadResult` (connection cut, query killed, server gone, generator returned early) has no effect.
 */
export interface Source extends AsyncDisposable, Partial<Digestible> {
  check(signal: AbortSignal): Promise<ServerIdentity>;
  /** Tables that match, sorted by name. A pattern without `*` that matches nothing is `tableMissing`, naming near misses. */
  discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]>;
  /** All rows of the request from one consistent snapshot. An early end of rows is an error, never a result. */
  read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Batch | ParquetFile, ReadResult, undefined>;
  /** What `read` would run for the request now, in the system's own words and without secrets; reads no rows. */
  describeRead(request: ReadRequest, signal: AbortSignal): Promise<string>;
  /** Counts NULLs of a cursor column in at most about 20,000 rows, or exactly when an index makes that cheap. */
  inspectCursor?(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence>;
}
