import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { Usage } from './usage-meter.ts';

/**
 * What DuckDB is asked to keep count of. CPU time is the sum of what operators take, so that their timing has to be on. Its rows scanned and bytes
 * read (1.5) are those of whole files once for each thread, whatever was read of them: nothing to go by.
 */
const METRICS = [
  'CPU_TIME',
  'OPERATOR_TIMING',
  'OPERATOR_TYPE',
  'OPERATOR_CARDINALITY',
  'SYSTEM_PEAK_BUFFER_MEMORY',
  'SYSTEM_PEAK_TEMP_DIR_SIZE',
];

interface Metered {
  readonly connection: DuckDBConnection;
  /** Where DuckDB writes what the last statement took; its JavaScript interface does not tell. */
  readonly path: string;
}

/** Connections of a staging database that tell what each statement took. */
export class MeteredConnections {
  readonly #connect: () => Promise<DuckDBConnection>;
  readonly #folder: string;
  readonly #free: Metered[] = [];
  #opened = 0;

  constructor(connect: () => Promise<DuckDBConnection>, folder: string) {
    this.#connect = connect;
    this.#folder = folder;
  }

  /** Runs one statement by `work`; what it took is told to `onUsage` when it succeeds. */
  async use<T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    onUsage: (usage: Usage) => void,
  ): Promise<T> {
    const metered = this.#free.pop() ?? (await this.#open());
    try {
      const result = await work(metered.connection);
      onUsage(parseUsage(await readFile(metered.path, 'utf8')));
      return result;
    } finally {
      this.#free.push(metered);
    }
  }

  close(): void {
    for (const { connection } of this.#free) connection.closeSync();
    this.#free.length = 0;
  }

  async #open(): Promise<Metered> {
    const connection = await this.#connect();
    this.#opened += 1;
    const path = join(this.#folder, `usage-${this.#opened}.json`);
    const metrics = METRICS.map((metric) => quoteText(duckdbDialect, metric)).join(', ');
    await connection.run(
      `CALL enable_profiling(format := 'json', save_location := ${quoteText(duckdbDialect, path)}, coverage := 'all', metrics := [${metrics}])`,
    );
    return { connection, path };
  }
}

function parseUsage(text: string): Usage {
  const metrics: unknown = JSON.parse(text);
  return {
    cpuMs: numberAt(metrics, 'cpu_time') * 1000,
    peakMemoryBytes: numberAt(metrics, 'system_peak_buffer_memory'),
    spilledBytes: numberAt(metrics, 'system_peak_temp_dir_size'),
    rowsGrouped: rowsGrouped(metrics),
  };
}

/** `HASH_GROUP_BY`, `PERFECT_HASH_GROUP_BY`, `UNGROUPED_AGGREGATE`, … */
const GROUPS = /GROUP_BY|AGGREGATE/;

function rowsGrouped(operator: unknown): readonly number[] {
  const children = valueAt(operator, 'children');
  if (!Array.isArray(children)) return [];
  const type = valueAt(operator, 'operator_type');
  const below = children.flatMap((child: unknown) => rowsGrouped(child));
  if (typeof type !== 'string' || !GROUPS.test(type)) return below;
  return [...children.map((child: unknown) => numberAt(child, 'operator_cardinality')), ...below];
}

function numberAt(metrics: unknown, name: string): number {
  const value = valueAt(metrics, name);
  return typeof value === 'number' ? value : 0;
}

function valueAt(metrics: unknown, name: string): unknown {
  return typeof metrics === 'object' && metrics !== null
    ? Object.getOwnPropertyDescriptor(metrics, name)?.value
    : undefined;
}
