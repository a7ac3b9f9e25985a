/** The tables of the catalogue, of questions and of exports. */
export interface CatalogueSchema {
  readonly datasets: DatasetRow;
  readonly dataset_notes: DatasetNoteRow;
  readonly dataset_versions: DatasetVersionRow;
  readonly dataset_profiles: DatasetProfileRow;
  readonly check_results: CheckResultsRow;
  readonly queries: QueryRow;
  readonly query_tables: QueryTableRow;
  readonly saved_queries: SavedQueryRow;
  readonly exports: ExportRow;
}

/** A table that a run published, as the newest run leaves it. */
export interface DatasetRow {
  readonly connection: string;
  /** `mart.orders`: with `connection` the dataset's identity. */
  readonly name: string;
  readonly schema_name: string | null;
  readonly table_name: string;
  readonly pipeline: string;
  readonly task: string;
  /** JSON: the columns, with their types as text. */
  readonly columns: string;
  readonly version: number | null;
  readonly published_at: number | null;
  /** When a run last found it as the source is. */
  readonly checked_at: number | null;
  readonly row_count: number | null;
  readonly size_bytes: number | null;
  /** Of the newest run that had it in work. */
  readonly run_id: string;
  readonly outcome: 'published' | 'unchanged' | 'paused' | 'failed';
  readonly reason: string | null;
  /** Anomalies and failed checks of that run. */
  readonly concerns: number;
}

/** What people say of a dataset. */
export interface DatasetNoteRow {
  readonly connection: string;
  readonly name: string;
  readonly owner: string | null;
  readonly description: string | null;
  /** JSON: a list of words; null where nobody said any. */
  readonly tags: string | null;
  readonly changed_at: number;
  readonly changed_by: string;
}

/** One publication of a dataset. */
export interface DatasetVersionRow {
  readonly connection: string;
  readonly name: string;
  readonly version: number;
  readonly run_id: string;
  readonly published_at: number;
  readonly row_count: number | null;
  /** The run whose rows came back, for a rollback. */
  readonly restored_run: string | null;
}

/** What all rows of a version look like; of each dataset the last that was taken. */
export interface DatasetProfileRow {
  readonly connection: string;
  readonly name: string;
  readonly version: number;
  /** That published the version. */
  readonly run_id: string;
  readonly taken_at: number;
  /** The `DatasetProfile` as JSON. */
  readonly profile: string;
}

/** What the checks of a task found in one run. */
export interface CheckResultsRow {
  readonly run_id: string;
  readonly task: string;
  readonly pipeline: string;
  readonly step: string;
  readonly checked_at: number;
  /** JSON: a list of `CheckResult`. */
  readonly results: string;
}

export interface QueryRow {
  readonly query_id: string;
  readonly caller_id: string;
  readonly caller: string;
  readonly connection: string;
  readonly statement: string;
  readonly started_at: number;
  readonly duration_ms: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly row_count: number | null;
  readonly reason: string | null;
}

/** A dataset that a question read. */
export interface QueryTableRow {
  readonly query_id: string;
  readonly connection: string;
  readonly name: string;
}

export interface SavedQueryRow {
  readonly saved_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly connection: string;
  readonly statement: string;
  readonly saved_by: string;
  readonly saved_at: number;
}

export interface ExportRow {
  readonly export_id: string;
  readonly caller_id: string;
  readonly connection: string;
  readonly statement: string;
  readonly format: 'csv' | 'json' | 'parquet' | 'xlsx';
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly row_count: number | null;
  readonly size_bytes: number | null;
  readonly reason: string | null;
  readonly started_at: number;
  readonly finished_at: number | null;
}
