import type {
  DeleteMode,
  Field,
  PipelineDocument,
  SourceField,
  SourceTable,
  TableName,
  TransformVerbName,
  WriteMode,
} from '@millrace/spec';

import type { CheckPlan } from './checks/check-plan.ts';
import type { ColumnDerivation, ColumnUse } from './sql/sql-analyser.ts';

/**
 * What a run will do: a frozen, serialisable graph of tasks with resolved schemas. It is what is reviewed, queued and run.
 * It holds names of connections, never their values.
 */
export interface Plan {
  readonly version: 1;
  readonly pipeline: string;
  /** Fingerprint of the document's meaning (comments, groups and layout do not count). */
  readonly documentFingerprint: string;
  /** Fingerprint of the whole plan, schemas included. */
  readonly fingerprint: string;
  /** The values of the document's parameters, by name; they are part of both fingerprints. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Tables to write, each after those whose rows it needs: from a connection or from the steps (`STEPS`), into a
   * connection or onto this machine (`LANDING`).
   */
  readonly tasks: readonly LoadTask[];
  /** What is made of the rows between reading and writing; each after those that it reads. */
  readonly steps: readonly PlannedStep[];
  /** What is kept of the values that are loaded; `quick` when left out. */
  readonly profile?: ProfileDepth;
}

export type ProfileDepth = NonNullable<PipelineDocument['profile']>;

/** The kinds of work in a plan. Steps are not among them: they are computed where a task needs their rows. */
export type Task = LoadTask;

/**
 * The connection of tables that stay on this machine as load packages, for the steps that read them: landed sources and
 * steps that keep their rows. The table is called as the step. Not a name that a document can use.
 */
export const LANDING = '@landing';

/** The connection of tables whose rows the steps of the plan make; the table is called as the step or output. */
export const STEPS = '@steps';

/**
 * The relation of one row from which the SQL of a mask reads its key, as two texts of 64 hexadecimal digits: `inner_key` and
 * `outer_key`. The engine makes it when a step runs. No step can be called so.
 */
export const MASK_KEY = 'the key';

/** One SELECT over other steps and landed tables. The same text serves the complete rows, changed rows and samples. */
export interface PlannedStep {
  /** `orders`, or `routed.large` for a named output; unique in the plan. */
  readonly ref: string;
  /** The step of the document. */
  readonly step: string;
  /** Null for rows that the checks of a step let pass or take out. */
  readonly verb: TransformVerbName | null;
  readonly inputs: readonly StepInput[];
  /** Its tables are the aliases of `inputs`. */
  readonly sql: string;
  readonly columns: readonly PlannedStepColumn[];
  readonly uses: readonly LineageUse[];
  /** The reference to the key of masks, never the key: `${secret:NAME}`. Its SQL reads the key as the relation `MASK_KEY`. */
  readonly maskKey?: string;
  /** Columns in which a mask shows again what another one hid. */
  readonly reveals?: readonly string[];
  /** The function that the rows of `sql` go through; its rows are then not those of `sql`. */
  readonly code?: PlannedCode;
  /**
   * Which of the inputs is what people decided about single rows: no table of the plan, and kept beside it. Rows are
   * recognised by all of their columns.
   */
  readonly decisions?: string;
  /** Columns that are unique in the result, when that is known; else empty. */
  readonly key: readonly string[];
  readonly incrementality: Incrementality;
  /** What of its inputs' rows is in the result, by number; absent where rows are joined, grouped or made. */
  readonly rows?: RowsKept;
  /** Why its rows are kept in files of their own; null when they are computed within the steps that read them. */
  readonly keptBecause: string | null;
  /** Identity of its rows' definition: its SQL and those of all before it. */
  readonly fingerprint: string;
  /** For ORDER BY over its columns, when a person gave its rows an order. */
  readonly order?: string;
  readonly notes?: readonly string[];
}

/** A TypeScript function that makes rows of rows. The columns of the step that it does not return are copied from the row it was given. */
export interface PlannedCode {
  /** As messages name it: `transforms/slug.ts`, or `code.source` for code in the document. */
  readonly file: string;
  readonly source: string;
  readonly mode: 'rows' | 'batches';
  /** Columns of `sql` that the function is given; the others are there to be copied, or to name rows. */
  readonly reads: readonly Field[];
  /** The key of the input, by which messages name a row. */
  readonly inputKey: readonly Field[];
  /** Columns that it returns. */
  readonly returns: readonly string[];
  /** It may leave a row out, but not make several of it: the key of the input is that of the result. */
  readonly isOnePerRow: boolean;
  readonly limits: { readonly memoryBytes: number; readonly timeoutMs: number };
}

export interface StepInput {
  /** The name by which the SQL reads it. */
  readonly alias: string;
  readonly ref: string;
}

/** A column of a step and the columns of its inputs that it is made of. */
export interface StepColumn {
  readonly name: string;
  readonly from: readonly {
    readonly ref: string;
    readonly column: string;
    readonly how: ColumnDerivation;
  }[];
  /** False when it never holds NULL. */
  readonly nullable: boolean;
}

export interface PlannedStepColumn extends StepColumn {
  readonly field: Field;
}

/** A column of an input that decides about rows without being in the result. */
export interface LineageUse {
  readonly ref: string;
  readonly column: string;
  readonly how: ColumnUse;
}

/**
 * How many rows a step has: as many as the inputs `of` have together (`each`), or those of them that it does not leave
 * out (`some`). Aliases.
 */
export interface RowsKept {
  readonly keeps: 'each' | 'some';
  readonly of: readonly string[];
}

/** How the result follows from changes of the inputs. */
export type Incrementality =
  /** f(A ∪ B) = f(A) ∪ f(B) over all inputs at once: changed rows are worked through alone. */
  | { readonly kind: 'rowwise' }
  /**
   * The result is the union over the values of `by`, expressions over each input in the same order: only what was
   * touched is computed anew. While the other inputs stand still it is rowwise in each of `linearIn`. Aliases.
   */
  | {
      readonly kind: 'partitioned';
      readonly by: Readonly<Record<string, readonly PartitionExpression[]>>;
      readonly linearIn: readonly string[];
    }
  /** Computed anew from all rows. */
  | { readonly kind: 'whole'; readonly reason: string };

export interface PartitionExpression {
  readonly sql: string;
  /** The columns of the input that it reads. */
  readonly columns: readonly string[];
  /** It calls the input by its alias. */
  readonly isQualified: boolean;
}

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
  /** Judged over the table's rows as they will be, before it is published. */
  readonly checks?: CheckPlan;
  /** Values that the contract does not let in. */
  readonly arrival?: readonly ArrivalRule[];
  /** Why the table is not loaded at all, although it is in the plan. */
  readonly held?: HeldTable;
  /** What a person should know of the result: each documented mapping of a type, at the source or in the destination. */
  readonly notes?: readonly string[];
}

/** A table that appeared or is gone, and that the contract stops. */
export interface HeldTable {
  readonly kind: 'newTable' | 'missingTable';
  readonly mode: 'freeze' | 'pauseTable';
  readonly reason: string;
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
  | { readonly kind: 'newFiles' }
  /** The rows of a step: what changed in them when that can be told, else all. */
  | {
      readonly kind: 'steps';
      readonly from: string;
      /** Identity of the rows' definition; another one means that all rows are made anew. */
      readonly fingerprint: string;
      /** The table is to be exactly the result, whatever was there before. */
      readonly isReplaced: boolean;
    };

export interface PlannedColumn {
  readonly field: Field;
  readonly origin:
    /** A column that is not among `source.fields` is gone at the source, and NULL in every row. */
    | { readonly kind: 'source'; readonly column: string }
    | { readonly kind: 'metadata'; readonly value: 'runId' | 'loadedAt' };
}

/** What to do when the source is not what it was, in the words of the field; a document has others for some of them too. */
export interface Contract {
  readonly newTables: 'evolve' | 'freeze' | 'discardRow' | 'pauseTable';
  readonly missingTables: 'evolve' | 'freeze' | 'pauseTable';
  readonly newColumns: 'evolve' | 'freeze' | 'discardValue' | 'discardRow' | 'quarantine' | 'pauseTable';
  readonly typeChanges: 'evolve' | 'freeze' | 'discardValue' | 'discardRow' | 'quarantine' | 'pauseTable';
  readonly missingColumns: 'evolve' | 'freeze' | 'pauseTable';
}

/** What becomes of single values that the contract does not let in, of a column that the source has. */
export interface ArrivalRule {
  /** Of the source. */
  readonly column: string;
  /** `absent`: the destination has no such column, and any value is too much. `fits`: as much as the column's type holds exactly. */
  readonly rule: 'absent' | 'fits';
  readonly action: 'discardValue' | 'discardRow' | 'quarantine';
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
