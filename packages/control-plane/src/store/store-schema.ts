import type { Generated } from 'kysely';

import type { CatalogueSchema } from '../catalogue/catalogue-schema.ts';
import type { IdentitySchema } from '../identity/identity-schema.ts';

/**
 * The tables of the metadata store. Times are milliseconds since 1970 by the database's own clock; booleans are 0 or 1;
 * JSON is text. Only what SQLite and PostgreSQL both have is used, so that one set of migrations serves both.
 */
export interface StoreSchema extends CatalogueSchema, IdentitySchema {
  readonly runs: RunRow;
  readonly run_attempts: RunAttemptRow;
  readonly run_events: RunEventRow;
  readonly table_measures: TableMeasuresRow;
  readonly leases: LeaseRow;
  readonly table_writers: TableWriterRow;
  readonly live_notices: LiveNoticeRow;
  readonly schedules: ScheduleRow;
  readonly known_schemas: KnownSchemaRow;
  readonly discoveries: DiscoveryRow;
  readonly document_revisions: DocumentRevisionRow;
}

/**
 * One execution of one plan. It goes from `queued` to `running`, back when an attempt is to be followed by another, and at
 * last to one of the other states, which never changes again.
 */
export interface RunRow {
  readonly run_id: string;
  readonly pipeline: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** Empty until the run has a plan. */
  readonly document_fingerprint: string;
  /**
   * What was asked beside the document (tables, full refresh, verify), as JSON: a resumed run must ask the same. With it the
   * values of parameters, which are part of the document's fingerprint.
   */
  readonly options: string;
  /** JSON; `null` until its first attempt has made it. */
  readonly plan: string;
  readonly reason: string | null;
  readonly attempts: number;
  /** When its first attempt began; while it waits for that, when it was asked for. */
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly queued_at: number;
  /** No worker takes it before. */
  readonly available_at: number;
  /** Attempts that followed a failure by themselves. */
  readonly retries: number;
  readonly cancel_requested_at: number | null;
  /** The time of its schedule that it stands for; a pipeline has one run for each. */
  readonly slot_at: number | null;
  /** The run whose unfinished tables it loads. */
  readonly rerun_of: string | null;
  /** JSON: a `RunTrigger`. */
  readonly started_by: string;
}

export interface RunAttemptRow {
  readonly run_id: string;
  readonly attempt: number;
  readonly fence_token: number;
  readonly owner: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** Append-only. */
export interface RunEventRow {
  readonly sequence: Generated<number>;
  readonly run_id: string;
  readonly attempt: number;
  readonly type: string;
  readonly event: string;
}

/** What a run measured of one of its tables: points of the series by which later runs are judged. */
export interface TableMeasuresRow {
  readonly run_id: string;
  readonly task: string;
  readonly pipeline: string;
  /** Figures of all rows and of changed rows are not compared with each other. */
  readonly scope: 'table' | 'changes';
  readonly measured_at: number;
  /** Null for what was published by an attempt that told no more of it. */
  readonly row_count: number | null;
  readonly size_bytes: number | null;
  readonly duration_ms: number | null;
  /** The newest moment in the rows. */
  readonly newest_at: number | null;
  /** JSON: a list of `TablePoint`. */
  readonly points: string;
  /** JSON: a `DatasetProfile`; the newest are kept. */
  readonly profile: string | null;
}

export interface LeaseRow {
  readonly name: string;
  readonly fence_token: number;
  readonly owner: string;
  readonly run_id: string | null;
  readonly acquired_at: number;
  readonly heartbeat_at: number;
  /** 0 when the lease was given back. */
  readonly expires_at: number;
}

/** The run that may write a table now; the row goes with the end of its attempt. */
export interface TableWriterRow {
  readonly table_name: string;
  readonly run_id: string;
  readonly fence_token: number;
}

/** What happened beside the events of runs; the newest thousands are kept. */
export interface LiveNoticeRow {
  readonly sequence: Generated<number>;
  /** JSON: a `LiveFact`. */
  readonly change: string;
}

/** When a pipeline runs by itself, as the last valid version of its file says. */
export interface ScheduleRow {
  readonly pipeline: string;
  readonly cron: string;
  readonly timezone: string;
  readonly catch_up: 'latest' | 'all' | 'none';
  /** The file, from the folder of the project. */
  readonly path: string;
  readonly paused_at: number | null;
  /** The next time that was not fired; null when there is none. */
  readonly next_at: number | null;
  /** The time that was fired last. */
  readonly last_at: number | null;
}

/** What discovery last saw of a table: for checks of documents, never for a run. */
export interface KnownSchemaRow {
  readonly connection: string;
  /** Fingerprint of the settings, secrets left out: another environment can have other tables under the same name. */
  readonly settings: string;
  readonly table_name: string;
  /** The `SourceTable` as JSON. */
  readonly definition: string;
  readonly discovered_at: number;
}

/** A selection of tables of which all that match are known. */
export interface DiscoveryRow {
  readonly connection: string;
  readonly settings: string;
  /** JSON of `[include, excludes]`; an empty include stands for every table. */
  readonly selection: string;
  readonly discovered_at: number;
}

/** A text that the file of a pipeline has had; the newest is the last with its number. */
export interface DocumentRevisionRow {
  readonly pipeline: string;
  readonly number: number;
  readonly revision: string;
  readonly text: string;
  /** 0 when it has an error, 1 when it can be parsed, 2 when a run compiled it. */
  readonly is_valid: number;
  readonly origin: 'saved' | 'file' | 'restored';
  readonly author: string | null;
  readonly seen_at: number;
}
