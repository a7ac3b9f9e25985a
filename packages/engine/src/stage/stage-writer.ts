import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBAppender, DuckDBType } from '@duckdb/node-api';
import { type Batch, type ParquetFile, PipelineError, type RejectedRow, type StagedFile } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { FileQueue } from './file-queue.ts';
import { hashFile, syncFolder } from './manifest.ts';
import { type LoadMetadata, selectStaged, type StagedColumn } from './staged-columns.ts';
import { StagingDatabase } from './staging-database.ts';
import { toStagingError } from './staging-error.ts';
import { VectorLoader } from './vector-loader.ts';

/** Four Parquet row groups of DuckDB's default size. */
const DEFAULT_ROWS_PER_FILE = 4 * 122_880;
const MAX_HEAP_BYTES_PER_FILE = 96 * 1024 * 1024;

/** Rows that a destination cannot keep, as a DuckDB predicate over the staged column. */
export interface RejectPredicate {
  readonly column: string;
  readonly predicate: string;
  readonly reason: string;
}

export interface StageWriterOptions {
  /** The attempt's own folder; created here. */
  readonly folder: string;
  readonly columns: readonly StagedColumn[];
  /** What the source reads, in the order of the batches' columns. */
  readonly fields: readonly SourceField[];
  readonly metadata: LoadMetadata;
  readonly rowsPerFile?: number;
  readonly rejectPredicates?: readonly RejectPredicate[];
  readonly onRejected: (rows: readonly RejectedRow[]) => void;
}

interface Part {
  readonly table: string;
  readonly appender: DuckDBAppender;
  rows: number;
  heapBytes: number;
}

/**
 * Writes what a source sends as Parquet files in one folder. Batches go into a table in memory; when it is large enough
 * it is written out while the next one fills, so memory stays bounded by two parts.
 *
 * `files` yields each file once it and its bytes are durable, and ends after `finish`; it throws what `abort` is given.
 */
export class StageWriter {
  private readonly database: StagingDatabase;
  private readonly options: StageWriterOptions;
  private readonly queue = new FileQueue();
  private loader: VectorLoader | null = null;
  private part: Part | null = null;
  private writing: Promise<void> = Promise.resolve();
  private failure: unknown = null;
  private nextFile = 0;
  private rowsWritten = 0;
  private rowsRefused = 0;

  private constructor(database: StagingDatabase, options: StageWriterOptions) {
    this.database = database;
    this.options = options;
  }

  static async open(database: StagingDatabase, options: StageWriterOptions): Promise<StageWriter> {
    await mkdir(options.folder, { recursive: true });
    return new StageWriter(database, options);
  }

  /** Rows in the files written so far; final after `finish`. */
  get rows(): number {
    return this.rowsWritten;
  }

  /** Rows refused by `rejectPredicates` or by a cast of a Parquet column; reported through `onRejected` too. */
  get refusedRows(): number {
    return this.rowsRefused;
  }

  get files(): AsyncIterable<StagedFile> {
    return this.queue;
  }

  /** The files written, with absolute paths; complete after `finish`. */
  get writtenFiles(): readonly StagedFile[] {
    return this.queue.pushed;
  }

  async append(batch: Batch): Promise<void> {
    this.throwIfFailed();
    if (batch.rejected.length > 0) this.options.onRejected(batch.rejected);
    if (batch.rows === 0) return;
    const part = (this.part ??= await this.openPart());
    this.loader?.append(batch, part.appender);
    part.rows += batch.rows;
    for (const column of batch.columns) part.heapBytes += column.heapBytes;
    if (part.rows >= (this.options.rowsPerFile ?? DEFAULT_ROWS_PER_FILE) || part.heapBytes >= MAX_HEAP_BYTES_PER_FILE) {
      await this.rotate();
    }
  }

  /** Takes over a Parquet file; columns are read by name, and values that a type cannot hold are rejected. */
  async addParquet(file: ParquetFile): Promise<void> {
    await this.rotate();
    await this.writing;
    this.throwIfFailed();
    const source = StagingDatabase.parquetOf([file.path]);
    const actual = await this.database.query(`DESCRIBE SELECT * FROM ${source}`);
    const typeOf = new Map(actual.map((row) => [String(row['column_name']), String(row['column_type'])]));
    const casts = this.options.fields.map((field) => {
      const name = quoteIdentifier(duckdbDialect, field.name);
      const found = typeOf.get(field.name);
      if (found === undefined) throw missingColumn(file.path, field.name);
      const wanted = duckdbType(field.type);
      if (found === wanted) return { name, value: name, lost: null, field };
      const cast = `TRY_CAST(${name} AS ${wanted})`;
      return { name, value: cast, lost: `(${name} IS NOT NULL AND TRY_CAST(${cast} AS ${found}) IS DISTINCT FROM ${name})`, field };
    });
    const lossy = casts.flatMap((cast) => (cast.lost === null ? [] : [{ ...cast, lost: cast.lost }]));
    const isKept = lossy.length === 0 ? 'true' : `NOT (${lossy.map((cast) => cast.lost).join(' OR ')})`;
    if (lossy.length > 0) await this.rejectWhere(source, lossy.map((cast) => ({ column: cast.field.name, predicate: cast.lost, reason: `the value does not fit ${duckdbType(cast.field.type)}` })), casts.map((cast) => cast.name));
    const columns = casts.map((cast, index) => `${cast.value} AS c${index}`).join(', ');
    await this.writeFile(`(SELECT ${columns} FROM ${source} WHERE ${isKept})`);
    if (file.isTemporary) await rm(file.path, { force: true });
  }

  /** Writes what is left; afterwards every file is durable and `files` has ended. */
  async finish(): Promise<void> {
    await this.rotate();
    await this.writing;
    this.throwIfFailed();
    if (this.nextFile > 0) await syncFolder(this.options.folder);
    this.queue.end();
  }

  /** Gives up: `files` throws the reason, tables in memory are dropped. The folder stays for the caller to remove. */
  async abort(reason: unknown): Promise<void> {
    this.failure ??= reason;
    this.queue.fail(reason);
    await this.writing;
    const part = this.part;
    this.part = null;
    if (part !== null) {
      part.appender.closeSync();
      await this.database.execute(`DROP TABLE IF EXISTS ${part.table}`);
    }
  }

  private async openPart(): Promise<Part> {
    const table = this.database.uniqueName('part');
    return this.database.withConnection(async (connection) => {
      const columns = this.options.fields.map((field, index) => `c${index} ${duckdbType(field.type)}`).join(', ');
      await connection.run(`CREATE TABLE ${table} (${columns})`);
      const appender = await connection.createAppender(table);
      this.loader ??= new VectorLoader(
        this.options.fields.map((field) => field.type),
        this.options.fields.map((_, index): DuckDBType => appender.columnType(index)),
      );
      return { table, appender, rows: 0, heapBytes: 0 };
    });
  }

  /** Starts writing the part that is full; waits for the one before it. */
  private async rotate(): Promise<void> {
    const part = this.part;
    if (part === null) return;
    this.part = null;
    part.appender.closeSync();
    await this.writing;
    this.throwIfFailed();
    this.writing = this.writePart(part).catch((error: unknown) => {
      this.failure ??= toStagingError(error);
      this.queue.fail(this.failure);
    });
  }

  private async writePart(part: Part): Promise<void> {
    try {
      await this.writeFile(part.table);
    } finally {
      await this.database.execute(`DROP TABLE ${part.table}`);
    }
  }

  private async writeFile(source: string): Promise<void> {
    const { columns, fields, metadata, rejectPredicates = [] } = this.options;
    const predicates = rejectPredicates.map((rule) => ({ ...rule, predicate: this.overSource(rule) }));
    const refused = predicates.length === 0 ? 0 : await this.rejectWhere(source, predicates, fields.map((_, index) => `c${index}`));
    const isKept = refused === 0 ? '' : ` WHERE NOT (${predicates.map((rule) => `coalesce(${rule.predicate}, false)`).join(' OR ')})`;
    const name = `part-${String(this.nextFile).padStart(5, '0')}.parquet`;
    this.nextFile += 1;
    const path = join(this.options.folder, name);
    const select = selectStaged(columns, fields, metadata, (_, index) => `c${index}`);
    const dictionary = (await this.hasNegativeZero(source)) ? ', DICTIONARY_SIZE_LIMIT 0' : '';
    const [copied] = await this.database.query(
      `COPY (SELECT ${select} FROM ${source}${isKept}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet, COMPRESSION snappy${dictionary})`,
    );
    const rows = Number(copied?.['Count']);
    if (rows === 0) {
      await rm(path, { force: true });
      return;
    }
    const sizeBytes = await syncFile(path);
    this.rowsWritten += rows;
    this.queue.push({ path, rows, sizeBytes, sha256: await hashFile(path) });
  }

  /** Parquet's dictionary takes -0.0 and 0.0 for the same value and keeps one of them. */
  private async hasNegativeZero(source: string): Promise<boolean> {
    const floats = this.options.fields.flatMap((field, index) =>
      field.type.kind === 'float' ? [`bool_or(c${index} = 0 AND signbit(c${index}))`] : [],
    );
    if (floats.length === 0) return false;
    const [row] = await this.database.query(`SELECT ${floats.map((test) => `coalesce(${test}, false)`).join(' OR ')} AS found FROM ${source}`);
    return row?.['found'] === true;
  }

  private overSource(rule: RejectPredicate): string {
    const column = this.options.columns.find((candidate) => candidate.field.name === rule.column);
    const origin = column?.origin.kind === 'source' ? column.origin.column : rule.column;
    const index = this.options.fields.findIndex((field) => field.name === origin);
    return index < 0 ? 'false' : rule.predicate.replaceAll('{column}', `c${index}`);
  }

  /** Reports the rows that match, with each cell as text (bytes as they are). Returns how many there were. */
  private async rejectWhere(source: string, rules: readonly RejectPredicate[], cells: readonly string[]): Promise<number> {
    const which = rules.map((rule, index) => `WHEN ${rule.predicate} THEN ${index}`).join(' ');
    const texts = cells.map((cell, index) => {
      const isBytes = this.options.fields[index]?.type.kind === 'bytes';
      return isBytes ? `hex(${cell})` : `hex(encode(CAST(${cell} AS VARCHAR)))`;
    });
    const rows = await this.database.query(
      `SELECT CASE ${which} END AS rule, [${texts.join(', ')}] AS cells FROM ${source} WHERE ${rules.map((rule) => rule.predicate).join(' OR ')}`,
    );
    const rejected = rows.map((row): RejectedRow => {
      const rule = rules[Number(row['rule'])];
      const values = row['cells'] as readonly (string | null)[];
      return {
        column: rule?.column ?? null,
        reason: rule?.reason ?? 'the destination cannot keep this value',
        cells: values.map((cell) => (cell === null ? null : Buffer.from(cell, 'hex'))),
      };
    });
    if (rejected.length > 0) this.options.onRejected(rejected);
    this.rowsRefused += rejected.length;
    return rejected.length;
  }

  private throwIfFailed(): void {
    if (this.failure !== null) throw this.failure;
  }
}

export function openStageWriter(database: StagingDatabase, options: StageWriterOptions): Promise<StageWriter> {
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
    message: `${path} has no column ${JSON.stringify(column)}. Plan again, or set contract.missingColumns: fill.`,
  });
}
