import { randomUUID } from 'node:crypto';

import type { PublishResult } from '@millrace/connector-sdk';
import {
  filesOf,
  publishRequest,
  testStage,
  type TestServer,
  type TestStage,
} from '@millrace/connector-sdk/testing';
import type { Field, LogicalType, TableName } from '@millrace/spec';

import { PostgresDestination } from '../destination.ts';
import { configOf, never, openProbe, type Probe } from './harness.ts';

export const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
export const STRING: LogicalType = { kind: 'string' };

export function field(name: string, type: LogicalType, nullable = true): Field {
  return { name, type, nullable };
}

/** Columns of a table with a key and a text. */
export const people: readonly Field[] = [field('id', INT32, false), field('name', STRING)];

/** A table of the schema that tests publish into. */
export function named(name: string): TableName {
  return { schema: 'mart', name };
}

/** A database of one test file, and a destination that writes to it. */
export interface DestinationTest extends AsyncDisposable {
  readonly server: Pick<TestServer, 'connection'>;
  readonly probe: Probe;
  readonly stage: TestStage;
  readonly destination: PostgresDestination;
  /** Publishes what queries of DuckDB answer, each staged as a file. */
  publish(parts: Parameters<typeof publishRequest>[0], ...queries: readonly string[]): Promise<PublishResult>;
  /** Rows of a table of the schema `mart`, in the order of their text. */
  rowsOf(table: string, columns?: string): Promise<readonly (readonly (string | null)[])[]>;
}

export async function openDestinationTest(shared: Pick<TestServer, 'connection'>): Promise<DestinationTest> {
  const database = `destination_${randomUUID().replaceAll('-', '')}`;
  await using creator = await openProbe({ connection: shared.connection });
  await creator.run(`CREATE DATABASE ${database}`);
  const server = { connection: { ...shared.connection, database } };
  const probe = await openProbe(server);
  const stage = await testStage();
  const destination = new PostgresDestination(configOf(server));
  return {
    server,
    probe,
    stage,
    destination,
    async publish(parts, ...queries) {
      const files = await Promise.all(queries.map((query) => stage.file(query)));
      return destination.publish(
        publishRequest({ reader: stage.reader, ...parts }),
        filesOf(...files),
        never,
      );
    },
    rowsOf: (table, columns = '*') =>
      probe.rows(`SELECT ${columns} FROM mart."${table}" AS t ORDER BY t::text`),
    async [Symbol.asyncDispose]() {
      await destination[Symbol.asyncDispose]();
      await probe[Symbol.asyncDispose]();
      await stage[Symbol.asyncDispose]();
      await using dropper = await openProbe({ connection: shared.connection });
      await dropper.run(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
