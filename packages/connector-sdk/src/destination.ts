import type { DeleteMode, Field, LogicalType, TableName, WriteMode } from '@millrace/spec';

import type { Batch } from './batch/batch.ts';
import type { Digestible } from './digest.ts';
import type { ExportRequest, ExportResult, QueryRequest, QueryResult } from './query.ts';
import type { ServerIdentity, SourcePosition } from './source.ts';

/** One immutable Parquet file listed by a manifest. */
export interface StagedFile {
  readonly path: string;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A staged file whose rows may still be at hand as the destination's own bytes. */
export interface StagedPart extends StagedFile {
  /**
   * What the destination's `BatchEncoder` made of exactly the file's rows; absent when the file has to be read. The
   * buffers belong to the destination.
   */
  readonly encoded?: readonly Uint8Array[];
}

/** Turns rows into what a destination sends while they are on their way to a staged file, so that it need not be read back. */
export interface BatchEncoder {
  /** Indices of the columns whose values `encode` does not look into; `destinationRejects` decides about those. */
  readonly unchecked: readonly number[];
  /**
   * The rows of a batch. Undefined when one of them might have to go to quarantine, or cannot be sent in this form: the
   * rows of its file are then read from the file. Keeps nothing of the batch.
   */
  encode(batch: Pick<Batch, 'rows' | 'columns'>): Uint8Array | undefined;
}

/** What the destination table knows about its own last publication; written in the transaction of the rows. */
export interface PublicationRecord {
  readonly runId: string;
  readonly fenceToken: number;
  /** 1 for the first publication of the table, then counting up. */
  readonly version: number;
  readonly position: SourcePosition;
  /** ISO 8601, UTC, from the destination's clock. */
  readonly publishedAt: string;
  /** Rows of the load package that was published (not of the table). */
  readonly rows: number;
  /** Fingerprint of the published schema. */
  readonly schemaFingerprint: string;
}

export interface PublishedTable {
  readonly table: TableName;
  readonly fields: readonly Field[];
  /** null when the table exists but Millrace did not make it. */
  readonly record: PublicationRecord | null;
  readonly estimatedRows: number | null;
}

export type SchemaChange =
  | { readonly kind: 'addColumn'; readonly field: Field }
  | {
      readonly kind: 'widenColumn';
      readonly column: string;
      readonly from: LogicalType;
      readonly to: LogicalType;
    }
  | { readonly kind: 'dropNotNull'; readonly column: string };

export interface PublishRequest {
  readonly table: TableName;
  readonly runId: string;
  /** Rises with each lease; a destination that has seen a higher one for the table refuses with `fenced`. */
  readonly fenceToken: number;
  readonly mode: WriteMode;
  /** For merge: what becomes of rows whose key is in `deletedKeys`. */
  readonly deletes: DeleteMode;
  /** For merge and scd2; the staged rows are unique by it. */
  readonly key: readonly string[];
  /** All columns of the staged files, in order. Columns the table has and these lack are filled with NULL (`missingColumns: fill`). */
  readonly fields: readonly Field[];
  /** Applied to an existing table before the rows; empty for replace, which rebuilds the table with `fields`. */
  readonly changes: readonly SchemaChange[];
  /** Saved with the rows; `describe` returns it afterwards. */
  readonly position: () => SourcePosition;
  readonly schemaFingerprint: string;
  /** The load's own time, ISO 8601 UTC: `valid_from` of scd2 versions and the stamp of soft deletes. */
  readonly loadedAt: string;
  /** Files that hold the key columns of rows that are gone at the source; known once `files` has ended. */
  readonly deletedKeys: () => readonly StagedFile[];
  readonly reader: StagedReader;
  /** Called at named points so that tests can kill the process there. */
  readonly checkpoint?: (point: string) => void;
}

/** What the engine offers to destinations that are not DuckDB: staged rows in a form they can send. */
export interface StagedReader {
  /**
   * The file as delimited text, in chunks that end at any byte. `select` are DuckDB expressions over the file's
   * columns. Text, JSON and bytes are quoted, also when empty; numbers, dates and the like are not. NULL is written as
   * `nullText` without quotes.
   */
  delimited(
    file: StagedFile,
    select: readonly string[],
    format: DelimitedFormat,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** The file's rows, each column as text, bytes (for expressions of type BLOB) or null. */
  values(
    file: StagedFile,
    select: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<readonly (readonly StagedValue[])[]>;
}

export type StagedValue = string | Uint8Array | null;

export interface DelimitedFormat {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly nullText: string;
}

export interface PublishResult {
  readonly record: PublicationRecord;
  readonly rowsInserted: number;
  /** Versions replaced (merge) or closed (scd2). */
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
  /** True when the same run had been published before and nothing was written (a commit whose reply was lost). */
  readonly isAdopted: boolean;
}

/**
 * Publishes staged files as tables.
 *
 * `publish` may start loading into a staging table of its own while `files` still yields (extraction goes on), but
 * makes nothing visible before `files` has ended normally; if `files` throws, it drops what it staged and rethrows.
 * Then, in ONE transaction: check the fence, return the existing record if this run was published already, apply
 * `changes`, apply the rows, write the record with the position. Readers see the old version or the new one, never
 * nothing and never a mix. It is idempotent per (runId, table). Leftovers of dead attempts are removed by the next publish.
 */
export interface Destination extends AsyncDisposable, Digestible {
  check(signal: AbortSignal): Promise<ServerIdentity>;
  /** One answer per table in the same order; undefined where the table does not exist. */
  describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]>;
  publish(
    request: PublishRequest,
    files: AsyncIterable<StagedPart>,
    signal: AbortSignal,
  ): Promise<PublishResult>;
  /**
   * An encoder of batches with these columns, for a publish that begins while rows still arrive. What it makes is an offer:
   * a file comes without it when the destination falls behind, after a failure, and when a package is published again.
   */
  encoder?(fields: readonly Field[]): BatchEncoder;
  /**
   * Answers one reading statement that a person or an agent wrote. It must be unable to change data or settings, to
   * read files outside the published tables, and to reach the network, by the system's own means (read-only
   * transaction, locked configuration), never by inspecting the text. A wrong statement is `queryFailed`, blame `config`.
   */
  query?(request: QueryRequest, signal: AbortSignal): Promise<QueryResult>;
  /** Writes the answer to a statement into a file, with the same protection as `query`. Progress is a share from 0 to 1. */
  export?(
    request: ExportRequest,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<ExportResult>;
}
