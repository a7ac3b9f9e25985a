import type { LoadTask } from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import type { LoadPackage } from '../package/package-store.ts';
import { packagesAsOf, packagesBetween } from '../package/retain-packages.ts';
import { tableState, type RowFilter } from '../package/table-state-sql.ts';
import { resolveFiles } from '../stage/manifest.ts';
import { StagingDatabase } from '../stage/staging-database.ts';

/** Which rows of a dataset: those of now, or those of an earlier version. */
export type View = 'new' | 'old';

/** Rows that stay on this machine: now, and as of the version that somebody computed from before. */
export interface Dataset {
  readonly ref: string;
  /** Names the rows of now. */
  readonly version: string;
  readonly fields: readonly Field[];
  /** A query of the rows as of a version, that of now when left out; undefined when it is not kept any more. */
  stateSql(version?: string): string | undefined;
  /**
   * Those of them that a filter over some columns lets through, without reading all of them first; undefined when there
   * is no such way.
   */
  filteredSql(only: ColumnFilter, version?: string): string | undefined;
  /** How many rows there are now, where the files behind them are just these rows; undefined where some stand for others. */
  rows(): number | undefined;
  /** Rows and bytes of the files behind the rows of now, or of those that came since a version. */
  amount(since?: string): DatasetAmount;
  /**
   * How to find what changed since a version: the rows that were only added (`added`), the keys of rows that were
   * written or are gone (`touched`), or only that both states must be compared.
   */
  changesSince(version: string): DatasetChanges | undefined;
}

export interface ColumnFilter {
  readonly columns: readonly string[];
  readonly filter: RowFilter;
}

export interface DatasetAmount {
  readonly rows: number;
  readonly bytes: number;
}

/** A landed source, or a step that keeps its rows, as its load packages tell it. Its versions are runs. */
export class LandedDataset implements Dataset {
  readonly ref: string;
  readonly version: string;
  readonly #task: LoadTask;
  readonly #packages: readonly LoadPackage[];

  constructor(task: LoadTask, version: string, packages: readonly LoadPackage[]) {
    this.ref = task.destination.table.name;
    this.version = version;
    this.#task = task;
    this.#packages = packages;
  }

  get fields(): readonly Field[] {
    return this.#task.columns.map(({ field }) => field);
  }

  get key(): readonly string[] {
    return this.#task.destination.key;
  }

  /** What a run brought. */
  packageOf(runId: string): LoadPackage | undefined {
    return this.#packages.findLast(({ manifest }) => manifest.runId === runId);
  }

  /** Rows as each kept package wrote them, with `run`, the package's: `columns` of those that have them all. */
  writtenSql(columns: readonly string[]): string {
    const parts = this.#packages.flatMap(({ folder, manifest }) => {
      const has = new Set(manifest.fields.map((field) => field.name));
      if (manifest.files.length === 0 || !columns.every((column) => has.has(column))) return [];
      const files = resolveFiles(folder, manifest.files).map((file) => file.path);
      return [
        `SELECT ${quoteText(duckdbDialect, manifest.runId)} AS run, * FROM (${select(columns, files)})`,
      ];
    });
    return parts.length > 0
      ? parts.join(' UNION ALL ')
      : `SELECT CAST(NULL AS VARCHAR) AS run, * FROM (${select(columns, [])})`;
  }

  stateSql(version = this.version): string | undefined {
    const chain = packagesAsOf(this.#packages, version);
    return chain && this.#stateOf(chain);
  }

  filteredSql({ columns, filter }: ColumnFilter, version = this.version): string | undefined {
    const chain = packagesAsOf(this.#packages, version);
    const written = new Set(chain?.at(-1)?.manifest.fields.map((field) => field.name));
    if (chain === undefined || !columns.every((column) => written.has(column))) return undefined;
    return this.#stateOf(chain, filter);
  }

  #stateOf(chain: readonly LoadPackage[], only?: RowFilter): string {
    const { fields, sql } = tableState(this.#task, chain, only);
    const has = new Set(fields.map((field) => field.name));
    // A column that came later is NULL in what was loaded before it.
    const list = this.fields.map(({ name }) => {
      const column = quoteIdentifier(duckdbDialect, name);
      return has.has(name) ? column : `NULL AS ${column}`;
    });
    return `SELECT ${list.join(', ')} FROM (${sql})`;
  }

  rows(): number | undefined {
    const chain = packagesAsOf(this.#packages, this.version);
    const { mode } = this.#task.destination;
    if (chain === undefined || (chain.length > 1 && mode !== 'append')) return undefined;
    const files = chain.flatMap(({ manifest }) => manifest.files);
    return files.reduce((sum, file) => sum + file.rows, 0);
  }

  amount(since?: string): DatasetAmount {
    const between = since === undefined ? undefined : packagesBetween(this.#packages, since, this.version);
    const read = since === this.version ? [] : (between ?? packagesAsOf(this.#packages, this.version) ?? []);
    const files = read.flatMap(({ manifest }) => [...manifest.files, ...manifest.deletedKeys]);
    return {
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    };
  }

  changesSince(version: string): DatasetChanges | undefined {
    if (version === this.version) return { kind: 'none' };
    const { mode, key } = this.#task.destination;
    const between = packagesBetween(this.#packages, version, this.version);
    const isKept = packagesAsOf(this.#packages, version) !== undefined;
    if (between === undefined) return isKept ? { kind: 'compare' } : undefined;
    if (mode === 'append')
      return {
        kind: 'added',
        sql: rowsOf(
          between,
          this.fields.map((field) => field.name),
        ),
      };
    if (!isKept) return undefined;
    if (mode !== 'merge' || key.length === 0) return { kind: 'compare' };
    // Every row that was written since stands in these packages; what they do not have now is gone.
    const { sql } = tableState(this.#task, between);
    const keysSql = `${rowsOf(between, key)} UNION ${goneOf(between, key)}`;
    return { kind: 'touched', key, keysSql, nowSql: sql };
  }
}

export type DatasetChanges =
  | { readonly kind: 'none' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'added'; readonly sql: string }
  | {
      readonly kind: 'touched';
      readonly key: readonly string[];
      readonly keysSql: string;
      /** The rows of those keys as they are now. */
      readonly nowSql: string;
    };

function rowsOf(packages: readonly LoadPackage[], columns: readonly string[]): string {
  return select(
    columns,
    packages.flatMap(({ folder, manifest }) => resolveFiles(folder, manifest.files)).map((file) => file.path),
  );
}

function goneOf(packages: readonly LoadPackage[], key: readonly string[]): string {
  return select(
    key,
    packages
      .flatMap(({ folder, manifest }) => resolveFiles(folder, manifest.deletedKeys))
      .map((file) => file.path),
  );
}

function select(columns: readonly string[], paths: readonly string[]): string {
  const list = columns.map((column) => quoteIdentifier(duckdbDialect, column)).join(', ');
  if (paths.length > 0) return `SELECT ${list} FROM ${StagingDatabase.parquetOf(paths)}`;
  return `SELECT ${columns.map((column) => `NULL AS ${quoteIdentifier(duckdbDialect, column)}`).join(', ')} WHERE false`;
}
