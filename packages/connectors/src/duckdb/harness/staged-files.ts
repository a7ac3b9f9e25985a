import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { StagedFile } from '@millrace/connector-sdk';

/** Stages the rows of queries as the engine does: Parquet files with their manifest lines. */
export class Stager implements Disposable {
  readonly #folder: string;
  readonly #connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  #count = 0;

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(folder: string): Promise<Stager> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new Stager(folder, instance, connection);
  }

  async stage(query: string): Promise<StagedFile> {
    this.#count += 1;
    const path = join(this.#folder, `staged-${this.#count}.parquet`);
    const { rowsChanged } = await this.#connection.run(
      `COPY (${query}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`,
    );
    return {
      path,
      rows: rowsChanged,
      sizeBytes: statSync(path).size,
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    };
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

export async function* filesOf(...files: readonly StagedFile[]): AsyncGenerator<StagedFile> {
  yield* files;
}
