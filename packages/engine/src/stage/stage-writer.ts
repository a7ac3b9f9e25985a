import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type Batch,
  type ParquetFile,
  PipelineError,
  type RejectedRow,
  type StagedFile,
  type StagedPart,
} from '@millrace/connector-sdk';
import type { LogicalType, SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { ArrivalFilter } from './arrival-filter.ts';
import { FileQueue } from './file-queue.ts';
import { hashFile, syncFolder } from './manifest.ts';
import { copyToParquet, MAX_GROUP_ROWS, type ParquetLayout, rowsPerGroup } from './parquet-layout.ts';
import { Part } from './part.ts';
import type { RowEncoder } from './row-encoder.ts';
import { type RejectPredicate, RowSieve } from './row-sieve.ts';
import { type LoadMetadata, selectStaged, type StagedColumn } from './staged-columns.ts';
import { StagingDatabase, type StagingValue } from './staging-database.ts';
import { toStagingError } from './staging-error.ts';

/** Four Parquet row groups of the default size. */
const DEFAULT_ROWS_PER_FILE = 4 * MAX_GROUP_ROWS;
/** Of buffers in memory: wide tables make shorter parts. */
const MAX_PART_BYTES = 128 * 1024 * 1024;
/** Of them in long values. */
const MAX_PART_HEAP_BYTES = 64 * 1024 * 1024;

/**
 * A destination that takes rows while they arrive waits for its first file to fill, and the run for the last one to be
 * taken; so its files are a fraction of the others.
 */
const ENCODED_FRACTION = 1 / 4;
/** A destination that falls behind by more reads files again, so that what waits for it does not fill memory. */
const MAX_WAITING_PARTS = 8;

export interface StageWriterOptions {
  /** The attempt's own folder; created here. */
  readonly folder: string;
  readonly columns: readonly StagedColumn[];
  /** What the source reads, in the order of the batches' columns. */
  readonly fields: readonly SourceField[];
  readonly metadata: LoadMetadata;
  readonly rowsPerFile?: number;
  readonly rejectPredicates?: readonly RejectPredicate[];
  /** Values that the contract does not let in. */
  readonly arrival?: readonly ArrivalFilter[];
  /** Of a destination that takes rows while they arrive. */
  readonly encoder?: RowEncoder | undefined;
  readonly onRejected: (rows: readonly RejectedRow[]) => void;
}

/**
 * Writes what a source sends as Parquet files in one folder. Batches gather in memory; when they make a part, it is
 * written out while the next one fills, so memory stays bounded by two parts. Meanwhile the file before it is made durable.
 *
 * `files` yields each file once it and its bytes are durable, and ends after `finish`; it throws what `abort` is given.
 */
export class StageWriter {
  readonly #database: StagingDatabase;
  readonly #options: StageWriterOptions;
  readonly #queue = new FileQueue();
  readonly #types: readonly LogicalType[];
  #part: Part | null = null;
  #writing: Promise<void> = Promise.resolve();
  #settling: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #nextFile = 0;
  readonly #sieve: RowSieve;
  #rowsWritten = 0;

  private constructor(database: StagingDatabase, options: StageWriterOptions) {
    this.#database = database;
    this.#options = options;
    this.#types = options.fields.map((field) => field.type);
    this.#sieve = new RowSieve(database, options);
  }

  static async open(database: StagingDatabase, options: StageWriterOptions): Promise<StageWriter> {
    await mkdir(options.folder, { recursive: true });
    return new StageWriter(database, options);
  }

  /** Rows in the files written so far; final after `finish`. */
  get rows(): number {
    return this.#rowsWritten;
  }

  /** Rows refused by `rejectPredicates` or by a cast of a Parquet column; reported through `onRejected` too. */
  get refusedRows(): number {
    return this.#sieve.refusedRows;
  }

  /** Rows that the contract drops, and values that it leaves out of rows that are kept. */
  get discarded(): { readonly rows: number; readonly values: number } {
    return this.#sieve.discarded;
  }

  get files(): AsyncIterable<StagedPart> {
    return this.#queue;
  }

  /** The files written, with absolute paths; complete after `finish`. */
  get writtenFiles(): readonly StagedFile[] {
    return this.#queue.pushed;
  }

  async append(batch: Batch): Promise<void> {
    this.#throwIfFailed();
    if (batch.rejected.length > 0) this.#options.onRejected(batch.rejected);
    if (batch.rows === 0) return;
    this.#part ??= new Part(
      this.#types,
      this.#queue.waiting < MAX_WAITING_PARTS ? this.#options.encoder : undefined,
    );
    const part = this.#part;
    part.add(batch);
    if (this.#isFull(part)) await this.#rotate();
  }

  /** Takes over a Parquet file; columns are read by name, and values that a type cannot hold are rejected. */
  async addParquet(file: ParquetFile): Promise<void> {
    await this.#rotate();
    await this.#writing;
    this.#throwIfFailed();
    const source = StagingDatabase.parquetOf([file.path]);
    const actual = await this.#database.query(`DESCRIBE SELECT * FROM ${source}`);
    const typeOf = new Map(actual.map((row) => [String(row['column_name']), String(row['column_type'])]));
    const casts = this.#options.fields.map((field) => {
      const name = quoteIdentifier(duckdbDialect, field.name);
      const found = typeOf.get(field.name);
      if (found === undefined) throw missingColumn(file.path, field.name);
      const wanted = duckdbType(field.type);
      if (found === wanted) return { name, value: name, lost: null, field };
      const cast = `TRY_CAST(${name} AS ${wanted})`;
      return {
        name,
        value: cast,
        lost: `(${name} IS NOT NULL AND TRY_CAST(${cast} AS ${found}) IS DISTINCT FROM ${name})`,
        field,
      };
    });
    const lossy = casts.flatMap((cast) => (cast.lost === null ? [] : [{ ...cast, lost: cast.lost }]));
    const isKept = lossy.length === 0 ? 'true' : `NOT (${lossy.map((cast) => cast.lost).join(' OR ')})`;
    if (lossy.length > 0)
      await this.#sieve.refuseWhere(
        source,
        lossy.map((cast) => ({
          column: cast.field.name,
          predicate: cast.lost,
          reason: `the value does not fit ${duckdbType(cast.field.type)}`,
        })),
        casts.map((cast) => cast.name),
      );
    const columns = casts.map((cast, index) => `${cast.value} AS c${index}`).join(', ');
    // The file's own floats may hold -0.0; leaving the dictionary out costs little beside finding out.
    await this.#writeFile(
      `(SELECT ${columns} FROM ${source} WHERE ${isKept})`,
      { hasNegativeZero: this.#types.some((type) => type.kind === 'float'), groupRows: MAX_GROUP_ROWS },
      (sql) => this.#database.query(sql),
    );
    await this.#settling;
    this.#throwIfFailed();
    if (file.isTemporary) await rm(file.path, { force: true });
  }

  /** Writes what is left; afterwards every file is durable and `files` has ended. */
  async finish(): Promise<void> {
    await this.#rotate();
    await this.#writing;
    await this.#settling;
    this.#throwIfFailed();
    if (this.#nextFile > 0) await syncFolder(this.#options.folder);
    this.#queue.end();
  }

  /** Gives up: `files` throws the reason. The folder stays for the caller to remove. */
  async abort(reason: unknown): Promise<void> {
    this.#part = null;
    this.#fail(reason);
    await this.#writing;
    await this.#settling;
  }

  #fail(reason: unknown): void {
    this.#failure ??= toStagingError(reason);
    this.#queue.fail(this.#failure);
  }

  #isFull({ rows, sizeBytes, heapBytes }: Part): boolean {
    const { encoder, rowsPerFile } = this.#options;
    const fraction = encoder === undefined ? 1 : ENCODED_FRACTION;
    return (
      rows >= (rowsPerFile ?? DEFAULT_ROWS_PER_FILE * fraction) ||
      sizeBytes >= MAX_PART_BYTES * fraction ||
      heapBytes >= MAX_PART_HEAP_BYTES * fraction
    );
  }

  /** Starts writing the part that is full; waits for the one before it. */
  async #rotate(): Promise<void> {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    await this.#writing;
    this.#throwIfFailed();
    this.#writing = this.#writePart(part).catch((error: unknown) => this.#fail(error));
  }

  async #writePart(part: Part): Promise<void> {
    const scan = this.#database.scans.add(this.#types, part.batches);
    part.batches.length = 0;
    try {
      await this.#writeFile(
        scan.sql,
        { hasNegativeZero: part.hasNegativeZero, groupRows: rowsPerGroup(part.sizeBytes / part.rows) },
        (sql) => this.#database.queryScan(sql),
        part.encoded,
      );
    } finally {
      scan.remove();
    }
  }

  async #writeFile(
    source: string,
    layout: ParquetLayout,
    query: (sql: string) => Promise<Record<string, StagingValue>[]>,
    encoded?: readonly Uint8Array[],
  ): Promise<void> {
    const { columns, fields, metadata } = this.#options;
    const path = join(this.#options.folder, `part-${String(this.#nextFile).padStart(5, '0')}.parquet`);
    this.#nextFile += 1;
    const { arrival = [] } = this.#options;
    const judged = new Map(arrival.flatMap(({ column, value }) => (value === null ? [] : [[column, value]])));
    const select = selectStaged(
      columns,
      fields,
      metadata,
      (field, index) => judged.get(field.name) ?? `c${index}`,
    );
    const copy = (from: string) => copyToParquet(path, `SELECT ${select} FROM ${from}`, layout);
    const [copied] =
      arrival.length === 0
        ? await query(copy(source))
        : await this.#sieve.judge(source, `${path}.read`, query, async (kept) =>
            this.#database.query(copy(kept)),
          );
    const refused = await this.#sieve.divert(path, layout, encoded !== undefined);
    const rows = Number(copied?.['Count']) - refused;
    if (rows === 0) {
      await rm(path, { force: true });
      return;
    }
    await this.#settling;
    this.#throwIfFailed();
    this.#settling = this.#settle({ path, rows }, refused === 0 ? encoded : undefined).catch(
      (error: unknown) => this.#fail(error),
    );
  }

  /** Makes a file durable and hands it on. */
  async #settle(
    { path, rows }: Pick<StagedFile, 'path' | 'rows'>,
    encoded: readonly Uint8Array[] | undefined,
  ): Promise<void> {
    const [sizeBytes, sha256] = await Promise.all([syncFile(path), hashFile(path)]);
    this.#rowsWritten += rows;
    this.#queue.push({ path, rows, sizeBytes, sha256 }, encoded);
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

export function openStageWriter(
  database: StagingDatabase,
  options: StageWriterOptions,
): Promise<StageWriter> {
  return StageWriter.open(database, options);
}

/** Makes a file's bytes durable and returns how many there are. */
async function syncFile(path: string): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return (await stat(path)).size;
}

function missingColumn(path: string, column: string): PipelineError {
  return new PipelineError({
    code: 'columnMissing',
    blame: 'source',
    retry: 'never',
    message: `${path} has no column ${JSON.stringify(column)}. Plan again, or set contract.missingColumns: evolve.`,
  });
}
