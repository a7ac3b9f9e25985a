import type { TableName } from './dataset.ts';
import type { LogicalType } from './logical-type.ts';

/** A column as the source declares it, and what it becomes. */
export interface SourceField {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  /** As the source writes it: `bigint(20) unsigned`. */
  readonly nativeType: string;
  /** Absent when every value arrives exactly; else the documented mapping in one sentence. */
  readonly mapping?: string;
  /** What `read` needs to know and discovery learned (character set, SRID, generated); opaque to everyone else. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** A column that could drive an incremental load, with the evidence for it. */
export interface CursorCandidate {
  readonly column: string;
  readonly isIndexed: boolean;
  readonly isNullable: boolean;
  /** Higher is better; order of the list. */
  readonly score: number;
  readonly reason: string;
}

/** Columns that refer to the key of a table of the same connection, as the source declares it. */
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly to: { readonly table: TableName; readonly columns: readonly string[] };
}

export interface SourceTable {
  readonly table: TableName;
  readonly kind: 'table' | 'view';
  readonly fields: readonly SourceField[];
  /** The primary key, or the first unique key over NOT NULL columns, in key order; empty when there is none. */
  readonly key: readonly string[];
  /** Leading columns of indexes, the key's included. */
  readonly indexedColumns: readonly string[];
  /** Where discovery was asked for them and the source declares any. */
  readonly foreignKeys?: readonly ForeignKey[];
  readonly estimatedRows: number | null;
  readonly estimatedBytes: number | null;
  readonly cursorCandidates: readonly CursorCandidate[];
  /** What a person should know: a detected CSV dialect, a generated column left out. */
  readonly notes: readonly string[];
  /** What `read` needs to know of the table as a whole (the detected dialect, the file list's root). */
  readonly detail?: Readonly<Record<string, unknown>>;
}
