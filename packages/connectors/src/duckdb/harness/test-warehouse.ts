import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Destination } from '@millrace/connector-sdk';
import { temporaryFolder, testStage, type TestStage } from '@millrace/connector-sdk/testing';

import { duckdbConfig, type DuckdbConfig } from '../config.ts';
import { openDuckdbDestination } from '../destination.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';

/** A warehouse in a folder of its own, with what a test needs to fill it and to look into it. */
export interface TestWarehouse extends AsyncDisposable {
  readonly folder: string;
  readonly config: DuckdbConfig;
  readonly destination: Destination;
  readonly stage: TestStage;
  /** Rows of a query, each value as text; beside the destination, on a connection of its own. */
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
}

export const noSignal = new AbortController().signal;

export async function openTestWarehouse(settings: Partial<DuckdbConfig> = {}): Promise<TestWarehouse> {
  const folder = temporaryFolder('duckdb');
  const config = duckdbConfig.parse({
    path: join(folder.path, 'shop', 'warehouse.duckdb'),
    threads: 2,
    ...settings,
  });
  const destination = await openDuckdbDestination(config, noSignal);
  const stage = await testStage();
  return {
    folder: folder.path,
    config,
    destination,
    stage,
    rows: (sql) => queryFile(config, sql),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await destination[Symbol.asyncDispose]();
      folder.remove();
    },
  };
}

/** Runs a statement as the owner of the file would in another tool. */
export async function changeFile(config: DuckdbConfig, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(config.path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Rows of a query over a warehouse file, each value as text. */
export async function queryFile(
  config: DuckdbConfig,
  sql: string,
): Promise<readonly (readonly (string | null)[])[]> {
  using lease = await openWarehouse(config, { blame: 'destination', isCreated: false }, noSignal);
  using session = await lease.warehouse.session('destination', noSignal);
  return await session.texts(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`, noSignal);
}
