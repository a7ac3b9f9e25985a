import type { DeleteMode, Field, SourceField, SourceTable, TableName, WriteMode } from '@millrace/spec';

/**
 * What a run will do: a frozen, serialisable graph of tasks with resolved schemas. It is what is reviewed, queued and run.
 * It holds names of connections, never their values.
 */
export interface Plan {
  readonly version: 1;
  readonly pipeline: string;
  /** Fingerprint of the document's meaning (comments and layout do not count). */
  readonly documentFingerprint: string;
  /** Fingerprint of the whole plan, schemas included. */
  readonly fingerprint: string;
  readonly tasks: readonly Task[];
}

/** The kinds of work in a plan. Transform and check tasks join this union when their verbs exist. */
export type Task = LoadTask;

/** Moves one source table into one destination table. Its own state machine; independent of every other task. */
export interface LoadTask {
  readonly kind: 'load';
  /** Unique in the plan and stable between runs: `<destination step>:<source table>`, e.g. `publishOrders:shop.orders`. */
  readonly id: string;
  /** The steps of the document it comes from, for messages and for the canvas. */
  readonly sourceStep: string;
  readonly destinationStep: string;
  readonly source: LoadSource;
  readonly load: LoadMode;
  /** Destination columns in order, and where each comes from. */
  readonly columns: readonly PlannedColumn[];
  readonly contract: Contract;
  readonly quarantine: QuarantineLimit;
  readonly destination: LoadDestination;
  /** What a person should know of the result: each documented mapping of a type, at the source or in the destination. */
  readonly notes?: readonly string[];
}

export interface LoadSource {
  readonly connection: string;
  readonly connector: string;
  /** As discovered when the plan was made. */
  readonly table: SourceTable;
  /** Columns to read, in order. */
  readonly fields: readonly SourceField[];
  /** Which columns the document asks for, as globs; decides about columns that appear after the plan was made. */
  readonly columnSelection?: ColumnSelection;
  /** Fingerprint of `table.fields` and key; a run re-checks it and applies the contract to what changed. */
  readonly schemaFingerprint: string;
}

export interface ColumnSelection {
  /** All columns when absent. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

export type LoadMode =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'incremental';
      readonly cursor: string;
      /** Microseconds for time types, a plain amount for integers; a decimal integer as text (plans are JSON). */
      readonly lookback: string;
      readonly detectDeletes: boolean;
    }
  | { readonly kind: 'newFiles' };

export interface PlannedColumn {
  readonly field: Field;
  readonly origin:
    /** A column that is not among `source.fields` is gone at the source, and NULL in every row. */
    | { readonly kind: 'source'; readonly column: string }
    | { readonly kind: 'metadata'; readonly value: 'runId' | 'loadedAt' };
}

export interface Contract {
  readonly newColumns: 'evolve' | 'ignore' | 'stop';
  readonly typeChanges: 'widen' | 'quarantine' | 'stop';
  readonly missingColumns: 'fill' | 'stop';
}

/** More rejected rows than this fail the task and publish nothing. */
export interface QuarantineLimit {
  readonly maxRows: number;
  /** Share of the rows read, 0 to 1. */
  readonly maxShare: number;
}

export interface LoadDestination {
  readonly connection: string;
  readonly connector: string;
  readonly table: TableName;
  readonly mode: WriteMode;
  readonly deletes: DeleteMode;
  /** Destination column names. */
  readonly key: readonly string[];
}
