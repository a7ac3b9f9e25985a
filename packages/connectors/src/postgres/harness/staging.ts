import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type {
  DelimitedFormat,
  PublishRequest,
  StagedFile,
  StagedPart,
  StagedReader,
  StagedValue,
} from '@millrace/connector-sdk';
import { duckdbDialect, quoteText } from '@millrace/sql';

/** Stages the rows of DuckDB queries as Parquet and offers them as the engine does. */
export class Staging implements Disposable {
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly reader: StagedReader = {
    delimited: (file, select, format) => this.#delimited(file, select, format),
    values: (file, select) => this.#values(file, select),
  };

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(folder: string): Promise<Staging> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new Staging(folder, instance, await instance.connect());
  }

  async stage(query: string): Promise<StagedFile> {
    const path = join(this.#folder, `${randomUUID()}.parquet`);
    const { rowsChanged } = await this.#connection.run(`COPY (${query}) TO ${text(path)} (FORMAT parquet)`);
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    return { path, rows: rowsChanged, sizeBytes: statSync(path).size, sha256 };
  }

  /** Whether a DuckDB predicate over `{column}` is true for a value. */
  async isTrue(predicate: string, value: string): Promise<boolean> {
    const reader = await this.#connection.runAndReadAll(
      `SELECT ${predicate.replaceAll('{column}', 'v')} FROM (SELECT ${value} AS v)`,
    );
    return reader.getRows()[0]?.[0] === true;
  }

  async *#delimited(
    file: StagedFile,
    select: readonly string[],
    format: DelimitedFormat,
  ): AsyncGenerator<Uint8Array> {
    const path = join(this.#folder, `${randomUUID()}.csv`);
    const columns = select.map((expression, index) => `${expression} AS c${index}`).join(', ');
    await this.#connection.run(
      `COPY (SELECT ${columns} FROM read_parquet(${text(file.path)})) TO ${text(path)} (FORMAT csv, HEADER false, FORCE_QUOTE *,
        DELIMITER ${text(format.delimiter)}, QUOTE ${text(format.quote)}, ESCAPE ${text(format.escape)}, NULLSTR ${text(format.nullText)})`,
    );
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>;
    await rm(path);
  }

  async *#values(
    file: StagedFile,
    select: readonly string[],
  ): AsyncGenerator<readonly (readonly StagedValue[])[]> {
    const reader = await this.#connection.runAndReadAll(
      `SELECT ${select.join(', ')} FROM read_parquet(${text(file.path)})`,
    );
    yield reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

export async function* filesOf(...files: readonly StagedPart[]): AsyncGenerator<StagedPart> {
  yield* files;
}

let runs = 0;

/** A request with its required parts and defaults for the rest; each call is another run. */
export function publishRequest(
  staging: Staging,
  parts: Partial<PublishRequest> & Pick<PublishRequest, 'table' | 'mode' | 'fields'>,
): PublishRequest {
  runs += 1;
  const runId = parts.runId ?? `run-${runs}`;
  return {
    runId,
    fenceToken: 1,
    deletes: 'ignore',
    key: [],
    changes: [],
    position: () => ({ after: runId }),
    schemaFingerprint: 'fingerprint',
    loadedAt: new Date(Date.UTC(2026, 0, 1) + runs * 1000).toISOString(),
    deletedKeys: () => [],
    reader: staging.reader,
    ...parts,
  };
}

function text(value: string): string {
  return quoteText(duckdbDialect, value);
}
