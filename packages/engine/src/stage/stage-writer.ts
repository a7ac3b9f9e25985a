import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type Batch,
  type ParquetFile,
  type RejectedRow,
  type StagedFile,
  type StagedPart,
} from '@millrace/connector-sdk';
import type { LogicalType, SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { ArrivalFilter } from './arrival-filter.ts';
import { FileQueue } from './file-queue.ts';
import { hashFile, syncFile, syncFolder } from './manifest.ts';
import { copyToParquet, MAX_GROUP_ROWS, type ParquetLayout, rowsPerGroup } from './parquet-layout.ts';
import { castParquet } from './parquet-casts.ts';
import { Part } from './part.ts';
import type { RowEncoder } from './row-encoder.ts';
import { type RejectPredicate, RowSieve } from './row-sieve.ts';
import {
  isKeptAsRead,
  type LoadMetadata,
  selectStaged,
  stagedColumn,
  type StagedColumn,
} from './staged-columns.ts';
import { type RunStatement, StagingDatabase } from './staging-database.ts';
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
    await this.#convert(file.path, await this.#typesIn(file.path), (field) => field.name);
    if (file.isTemporary) await rm(file.path, { force: true });
  }

  /**
   * Writes the rows of a query, whose columns are called as the fields, as one file by one statement, which `run` executes; returns how many
   * they are. Undefined, with nothing run, where values are judged or kept as another type than they are read as.
   */
  async addQuery(query: string, run: RunStatement): Promise<number | undefined> {
    const { columns, fields, metadata, arrival = [] } = this.#options;
    if (arrival.length > 0 || columns.some((column) => !isKeptAsRead(column, fields))) return undefined;
    await this.#rotate();
    await this.#writing;
    this.#throwIfFailed();
    const path = this.#nextPath();
    const select = selectStaged(columns, fields, metadata, ({ name }) =>
      quoteIdentifier(duckdbDialect, name),
    );
    const [copied] = await run(copyToParquet(path, `SELECT ${select} FROM (${query})`, this.#layout()));
    const rows = Number(copied?.['Count']);
    const types = await this.#typesIn(path);
    if (columns.every(({ field }) => types.get(field.name) === duckdbType(field.type))) {
      await this.#keep(path, rows, this.#layout());
    } else {
      // What Parquet holds otherwise than DuckDB computes with comes back as any file's does.
      const written = `${path}.read`;
      await rename(path, written);
      await this.#convert(written, types, (field) => stagedColumn(columns, field)?.field.name);
      await rm(written, { force: true });
    }
    await this.#settling;
    this.#throwIfFailed();
    return rows;
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

  /** Stages the rows of a Parquet file that has each field under a name; those without one are not staged. */
  async #convert(
    path: string,
    types: ReadonlyMap<string, string>,
    nameOf: (field: SourceField) => string | undefined,
  ): Promise<void> {
    const source = StagingDatabase.parquetOf([path]);
    const { values, lost, cells } = castParquet(path, this.#options.fields, types, nameOf);
    if (lost.length > 0) await this.#sieve.refuseWhere(source, lost, cells);
    const isKept = lost.length === 0 ? 'true' : `NOT (${lost.map((rule) => rule.predicate).join(' OR ')})`;
    await this.#writeFile(`(SELECT ${values} FROM ${source} WHERE ${isKept})`, this.#layout(), (sql) =>
      this.#database.query(sql),
    );
    await this.#settling;
    this.#throwIfFailed();
  }

  /** The types of a Parquet file's columns, by name. */
  async #typesIn(path: string): Promise<ReadonlyMap<string, string>> {
    const columns = await this.#database.query(`DESCRIBE SELECT * FROM ${StagingDatabase.parquetOf([path])}`);
    return new Map(columns.map((row) => [String(row['column_name']), String(row['column_type'])]));
  }

  /** Of rows nobody looked at: floats may hold -0.0, and leaving the dictionary out costs little beside finding out. */
  #layout(): ParquetLayout {
    return { hasNegativeZero: this.#types.some((type) => type.kind === 'float'), groupRows: MAX_GROUP_ROWS };
  }

  #nextPath(): string {
    const path = join(this.#options.folder, `part-${String(this.#nextFile).padStart(5, '0')}.parquet`);
    this.#nextFile += 1;
    return path;
  }

  async #writeFile(
    source: string,
    layout: ParquetLayout,
    query: RunStatement,
    encoded?: readonly Uint8Array[],
  ): Promise<void> {
    const { columns, fields, metadata, arrival = [] } = this.#options;
    const path = this.#nextPath();
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
    await this.#keep(path, Number(copied?.['Count']), layout, encoded);
  }

  /** Takes the rows out of a written file that the destination refuses, and settles the rest. */
  async #keep(
    path: string,
    written: number,
    layout: ParquetLayout,
    encoded?: readonly Uint8Array[],
  ): Promise<void> {
    const refused = await this.#sieve.divert(path, layout, encoded !== undefined);
    const rows = written - refused;
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
