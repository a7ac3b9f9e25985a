import { canonicalRows, PipelineError, type ReadRequest, type ReadResult } from '@millrace/connector-sdk';
import type { TestServer } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';

import { type PostgresConfig, postgresConfig } from '../config.ts';
import type { PostgresSource } from '../source.ts';
import { Session, type TextRow } from '../session/session.ts';

export const never = new AbortController().signal;

/** The configuration that reaches a test server, with changes. */
export function configOf(
  server: Pick<TestServer, 'connection'>,
  changes: Readonly<Record<string, unknown>> = {},
): PostgresConfig {
  return postgresConfig.parse({ ...server.connection, ...changes });
}

/** A plain connection for what a test does to the server behind the connector's back. */
export interface Probe extends AsyncDisposable {
  run(sql: string): Promise<void>;
  /** One statement's rows as the server's own text. */
  rows(sql: string): Promise<readonly TextRow[]>;
}

export async function openProbe(server: Pick<TestServer, 'connection' | 'adminConnection'>): Promise<Probe> {
  const connection = server.adminConnection ?? server.connection;
  const session = await Session.open(
    postgresConfig.parse({ ...connection, tls: 'disable' }),
    'source',
    never,
  );
  await session.run('SET search_path = public', 'Preparing the probe', never);
  return {
    run: async (sql) => void (await session.run(sql, 'Probe', never)),
    rows: (sql) => session.query(sql, 'Probe', never),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

export interface ReadRows {
  /** Canonical text of each cell. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rejected: readonly {
    readonly column: string | null;
    readonly reason: string;
    readonly cells: readonly (string | null)[];
  }[];
  readonly result: ReadResult;
}

export function requestFor(table: SourceTable, changes: Partial<ReadRequest> = {}): ReadRequest {
  return {
    table,
    fields: table.fields,
    cursor: null,
    position: null,
    scratchFolder: '/nonexistent',
    ...changes,
  };
}

/** Reads a table to its end. */
export async function readAll(
  source: PostgresSource,
  request: ReadRequest,
  signal: AbortSignal = never,
): Promise<ReadRows> {
  const rows: (readonly (string | null)[])[] = [];
  const rejected: { column: string | null; reason: string; cells: (string | null)[] }[] = [];
  const reading = source.read(request, signal);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { rows, rejected, result: step.value };
    rows.push(
      ...canonicalRows(
        step.value,
        request.fields.map(({ type }) => type),
      ),
    );
    for (const { column, reason, cells } of step.value.rejected) {
      rejected.push({
        column,
        reason,
        cells: cells.map((cell) => (cell === null ? null : Buffer.from(cell).toString('utf8'))),
      });
    }
  }
}

export async function discoverOne(source: PostgresSource, name: string): Promise<SourceTable> {
  const [table] = await source.discover({ include: [name], exclude: [] }, never);
  if (table === undefined) throw new Error(`${name} was not discovered.`);
  return table;
}

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<PipelineError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
  throw new Error('It was expected to fail and did not.');
}
