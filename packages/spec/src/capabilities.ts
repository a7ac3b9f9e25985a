import type { Field } from './dataset.ts';

export type WriteMode = 'append' | 'replace' | 'merge' | 'scd2';
export type DeleteMode = 'soft' | 'hard' | 'ignore';

/** What a connector can do, as data: the planner, the palette, the docs and the conformance suite read only this. */
export interface Capabilities {
  readonly source?: {
    /** `worker`: read in a worker thread. `owner`: on the thread that owns the DuckDB files of the process. */
    readonly extractIn: 'worker' | 'owner';
    /** What a read is consistent with. */
    readonly snapshot: 'transaction' | 'file';
    readonly loadModes: readonly ('full' | 'incremental')[];
    /** `column`: needs `cursor`. `newFiles`: the position lists what was loaded. */
    readonly incrementalBy: 'column' | 'newFiles';
    /** True when `digest` works, so that deletes can be detected and loads verified inside the source. */
    readonly hasDigest: boolean;
    readonly hasSchemas: boolean;
  };
  readonly destination?: {
    readonly writeModes: readonly WriteMode[];
    readonly hasSchemas: boolean;
    readonly identifiers: {
      readonly maxBytes: number;
      readonly isCaseSensitive: boolean;
      /** Tables whose names begin so, in whatever case, cannot be made: they are the system's, or Millrace's own. Lower case. */
      readonly reservedTablePrefixes?: readonly string[];
    };
    /** Tables published at the same time over one open destination; 1 for systems with a single writer. */
    readonly parallelPublishes: number;
  };
}

export interface DestinationType {
  readonly native: string;
  /** Absent when every value of the type is kept exactly. */
  readonly mapping?: string;
}

/** Columns that scd2 tables have in addition; columns of the source by these names are refused at plan time. */
export const SCD2_FIELDS: readonly Field[] = [
  { name: 'valid_from', type: { kind: 'timestamp', timezone: true }, nullable: false },
  { name: 'valid_to', type: { kind: 'timestamp', timezone: true }, nullable: true },
  { name: 'is_current', type: { kind: 'boolean' }, nullable: false },
];

/** Column that tables written with `deletes: soft` have in addition: NULL while the row exists at the source. */
export const DELETED_AT_FIELD: Field = {
  name: 'deleted_at',
  type: { kind: 'timestamp', timezone: true },
  nullable: true,
};
