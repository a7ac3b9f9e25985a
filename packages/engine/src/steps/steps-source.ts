import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { STEPS, titleRelation, type LoadTask, type Plan } from '@millrace/compiler';
import {
  PipelineError,
  throwIfCancelled,
  type Batch,
  type BucketDigest,
  type Digestible,
  type DigestRequest,
  type ParquetFile,
  type ReadRequest,
  type ReadResult,
  type RowDigest,
  type ServerIdentity,
} from '@millrace/connector-sdk';
import {
  compareText,
  formatTableName,
  type Capabilities,
  type SourceTable,
  type TableName,
} from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import { CodeSandboxes } from '../code/code-sandboxes.ts';
import type { LoadPackage } from '../package/package-store.ts';
import type { OpenSource } from '../run/open-source.ts';
import { tableKey } from '../run/table-key.ts';
import type { RunStatement, StagingDatabase } from '../stage/staging-database.ts';
import { openStagedDigest } from '../verify/staged-digest.ts';
import type { CodeInput, CodeSteps } from './code-steps.ts';
import type { Dataset } from './dataset.ts';
import type { Landing } from './landing.ts';
import { markMaskKeys, type MaskKeys } from './mask-keys.ts';
import { originOf } from './origin-of.ts';
import { publishedRows } from './published-rows.ts';
import { RelationSql } from './relation-sql.ts';
import { ChangeSet, type StepChanges } from './step-changes.ts';
import { fromOf, StepGraph } from './step-graph.ts';
import { toSourcePosition, type StepsPosition } from './steps-position.ts';
import { balanceSteps, type StepCount } from './step-counts.ts';
import { StepCounter } from './step-counter.ts';
import { StepsUsages } from './steps-usage.ts';
import { toStepError } from './step-error.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

const CAPABILITIES: NonNullable<Capabilities['source']> = {
  extractIn: 'owner',
  snapshot: 'transaction',
  loadModes: ['full'],
  incrementalBy: 'column',
  hasDigest: true,
  hasSchemas: false,
};

export interface StepsSourceOptions {
  readonly plan: Pick<Plan, 'pipeline' | 'steps' | 'tasks' | 'profile'>;
  readonly landing: Landing;
  /** The load packages of a task. */
  readonly packages: (task: LoadTask) => Promise<readonly LoadPackage[]>;
  readonly database: () => Promise<StagingDatabase>;
  readonly maskKeys?: MaskKeys | undefined;
  readonly code: CodeSteps;
}

/** Writes the rows of a query by one statement, which `run` executes; how many they are, or undefined when it does not take queries. */
export type WriteQuery = (query: string, run: RunStatement) => Promise<number | undefined>;

/** The rows that the steps of a plan make, as a source: complete, or what changed since a position. */
export class StepsSource implements OpenSource {
  readonly capabilities = CAPABILITIES;
  readonly #options: StepsSourceOptions;
  readonly graph: StepGraph;
  readonly usage = new StepsUsages();
  readonly counter: StepCounter;
  readonly #tasks: ReadonlyMap<string, LoadTask>;
  readonly #changes = new Map<string, ChangeSet>();

  constructor(options: StepsSourceOptions) {
    this.#options = options;
    this.graph = new StepGraph(options.plan, (ref) => options.landing.has(ref));
    const { usage, graph } = this;
    const { database, plan } = options;
    this.counter = new StepCounter({ graph, usage, database, isThorough: plan.profile === 'full' });
    this.#tasks = new Map(
      options.plan.tasks
        .filter((task) => task.source.connection === STEPS)
        .map((task) => [tableKey(task.source.table.table), task]),
    );
  }

  async identity(): Promise<ServerIdentity> {
    return { product: 'Millrace', version: '1', identity: this.#options.plan.pipeline };
  }

  async discover(): Promise<void> {}

  forget(): void {}

  async table(table: TableName): Promise<SourceTable> {
    return this.#taskOf(table).source.table;
  }

  /** The query of all rows of a relation as they are now. */
  async rowsSql(ref: string): Promise<string> {
    const datasets = await this.#datasets(ref, this.graph.datasetsUnder(ref));
    const sql = new RelationSql(this.graph.steps, (name) => datasets.get(name)?.stateSql());
    const relation = sql.relation(ref, 'new');
    return sql.statement(`SELECT * FROM ${relation}`);
  }

  /** What the task's rows are, the keys of their masks included: another key gives other rows. */
  definitionOf(task: LoadTask): string {
    if (task.load.kind !== 'steps') throw new RangeError(`${task.id} reads no step.`);
    return task.load.fingerprint + markMaskKeys(this.graph.definedBy(task), this.#options.maskKeys ?? {});
  }

  /** Where a read of the task's rows would be now. */
  async position(task: LoadTask): Promise<StepsPosition> {
    if (task.load.kind !== 'steps') throw new RangeError(`${task.id} reads no step.`);
    const datasets = await this.#datasetsOf(task);
    const versions = Object.fromEntries(
      [...datasets]
        .map(([ref, { version }]) => [ref, version] as const)
        .toSorted(([left], [right]) => compareText(left, right)),
    );
    return { definition: this.definitionOf(task), versions };
  }

  /** The landed tables and kept steps that a task reads and whose rows are not on this machine. */
  async missingDatasets(task: LoadTask): Promise<readonly string[]> {
    const names = this.graph.datasetsOf(task);
    const found = await Promise.all(names.map((name) => this.#options.landing.dataset(name)));
    return names.filter((_, index) => found[index] === undefined);
  }

  /** What changed in a task's rows since a position, which the run `runId` published; kept for the read that follows. */
  async changes(
    task: LoadTask,
    since: StepsPosition,
    runId: string | undefined,
    signal: AbortSignal,
  ): Promise<StepChanges> {
    await this.#changes.get(task.id)?.close();
    const sandboxes = new CodeSandboxes();
    this.usage.noteInput(task.id, await this.#datasetsOf(task), since.versions);
    const packages = runId === undefined ? [] : await this.#options.packages(task);
    const changes = new ChangeSet({
      database: await this.#options.database(),
      meter: this.usage.meter(task.id),
      steps: this.graph.steps,
      datasets: await this.#datasetsOf(task),
      since: since.versions,
      target: fromOf(task),
      before: (step) => (runId === undefined ? undefined : publishedRows(task, step, packages, runId)),
      runCode: (step, sql, view) =>
        this.#options.code.relation(
          { step, sql, sandboxes, ...(view === 'new' && { task: task.id }) },
          signal,
        ),
    });
    this.#changes.set(task.id, changes);
    try {
      return await changes.result();
    } catch (error) {
      throw toStepError(fromOf(task), error);
    } finally {
      await sandboxes.close();
    }
  }

  async *read(
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ReadResult, undefined> {
    const task = this.#taskOf(request.table.table);
    const position = await this.position(task);
    const code = request.position === null ? await this.#codeInput(task) : undefined;
    if (code !== undefined) {
      let rowsSent = 0;
      for await (const batch of this.#options.code.stream({ ...code, task: task.id }, signal)) {
        rowsSent += batch.rows;
        yield batch;
      }
      const statement = await this.describeRead(request);
      return { rowsSent, bytesReceived: 0, highMark: null, position: toSourcePosition(position), statement };
    }
    const select = await this.#select(task, request);
    const database = await this.#options.database();
    let rows = 0;
    if (select !== undefined) {
      await mkdir(request.scratchFolder, { recursive: true });
      const path = join(request.scratchFolder, `${database.uniqueName('step')}.parquet`);
      const [copied] = await database
        .compute(
          `COPY (${select}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet)`,
          this.usage.meter(task.id),
          signal,
        )
        .catch((error: unknown) => {
          throw toStepError(fromOf(task), error);
        });
      throwIfCancelled(signal);
      rows = Number(copied?.['Count']);
      if (request.position === null) this.counter.noteGrouped(task);
      if (rows > 0) yield { kind: 'parquet', path, rows, isTemporary: true };
    }
    return {
      rowsSent: rows,
      bytesReceived: 0,
      highMark: null,
      position: toSourcePosition(position),
      statement: await this.describeRead(request),
    };
  }

  /**
   * All rows of a request without a position, written by one statement where `write` puts them; undefined where code makes them, or where
   * `write` does not take them.
   */
  async copy(request: ReadRequest, write: WriteQuery, signal: AbortSignal): Promise<ReadResult | undefined> {
    const task = this.#taskOf(request.table.table);
    if (this.graph.codeOf(task) !== undefined) return undefined;
    const position = toSourcePosition(await this.position(task));
    const columns = request.fields.map((field) => quote(field.name)).join(', ');
    const select = await this.#complete(task, columns);
    const database = await this.#options.database();
    const rowsSent = await write(select, (sql) =>
      database.compute(sql, this.usage.meter(task.id), signal).catch((error: unknown) => {
        throw toStepError(fromOf(task), error);
      }),
    );
    throwIfCancelled(signal);
    if (rowsSent === undefined) return undefined;
    this.counter.noteGrouped(task);
    return {
      rowsSent,
      bytesReceived: 0,
      highMark: null,
      position,
      statement: await this.describeRead(request),
    };
  }

  /** Keys of rows that are gone since the position of the last call of `changes`, as a query; undefined for none. */
  async goneKeys(task: LoadTask): Promise<string | undefined> {
    const changes = await this.#changes.get(task.id)?.result();
    if (changes?.kind !== 'changes') return undefined;
    const columns = task.destination.key
      .map((column) => `${originOf(task, column)} AS ${quote(column)}`)
      .join(', ');
    return `SELECT DISTINCT ${columns} FROM ${changes.minus} EXCEPT SELECT ${columns} FROM ${changes.plus}`;
  }

  /**
   * The rows of each step that was worked through for a task of which `rowsOut` were read: of the complete rows, or of
   * those that came. Throws `internal` when rows were lost or doubled on the way.
   */
  async count(task: LoadTask, view: 'all' | 'changes', rowsOut: number): Promise<readonly StepCount[]> {
    if (view === 'all') return this.counter.count(task, await this.#datasetsOf(task), rowsOut);
    const came = await this.#changes.get(task.id)?.rowsCome();
    return balanceSteps(this.graph.stepsOf(task), came ?? new Map(), view);
  }

  async describeRead(request: ReadRequest): Promise<string> {
    const task = this.#taskOf(request.table.table);
    const datasets = new Set(this.graph.datasetsOf(task));
    const sql = new RelationSql(this.graph.steps, (ref) =>
      datasets.has(ref) ? `FROM ${quote(ref)}` : undefined,
    );
    const step = this.graph.codeOf(task);
    if (step !== undefined) return sql.codeInput(step, 'new');
    const relation = sql.relation(fromOf(task), 'new');
    const columns = request.fields.map((field) => quote(field.name)).join(', ');
    return sql.statement(`SELECT ${columns} FROM ${relation}`);
  }

  async inspectCursor(): Promise<never> {
    throw new RangeError('Rows of steps have no cursor.');
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return (await this.#digestOf(request.table, signal)).digest(request, signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    yield* (await this.#digestOf(request.table, signal)).digestRows(request, inBuckets, signal);
  }

  async close(): Promise<void> {
    for (const changes of this.#changes.values()) await changes.close();
    this.#changes.clear();
  }

  async #digestOf(table: TableName, signal: AbortSignal): Promise<Digestible> {
    const task = this.#taskOf(table);
    const code = await this.#codeInput(task);
    const rows =
      code === undefined
        ? `(${await this.#complete(task, '*')})`
        : await this.#options.code.relation(code, signal);
    return openStagedDigest(await this.#options.database(), rows);
  }

  /** All rows that the code of a task is given; undefined when SQL makes the rows. */
  async #codeInput(task: LoadTask): Promise<CodeInput | undefined> {
    const step = this.graph.codeOf(task);
    if (step === undefined) return undefined;
    const datasets = await this.#datasetsOf(task);
    this.usage.noteInput(task.id, datasets);
    const sql = new RelationSql(this.graph.steps, (ref) => datasets.get(ref)?.stateSql());
    return { step, sql: sql.codeInput(step, 'new') };
  }

  /** What a read selects: everything without a position, else what came since; undefined when nothing did. */
  async #select(task: LoadTask, { fields, position }: ReadRequest): Promise<string | undefined> {
    const columns = fields.map((field) => quote(field.name)).join(', ');
    if (position === null) return this.#complete(task, columns);
    const changes = await this.#changes.get(task.id)?.result();
    if (changes === undefined || changes.kind === 'whole')
      throw new RangeError(`What changed in ${task.id} was not asked for.`);
    return changes.kind === 'none' ? undefined : `SELECT ${columns} FROM ${changes.plus}`;
  }

  /** The query of all rows. */
  async #complete(task: LoadTask, columns: string): Promise<string> {
    const datasets = await this.#datasetsOf(task);
    this.usage.noteInput(task.id, datasets);
    const sql = new RelationSql(this.graph.steps, (ref) => datasets.get(ref)?.stateSql());
    const relation = sql.relation(fromOf(task), 'new');
    return sql.statement(`SELECT ${columns} FROM ${relation}`);
  }

  #datasetsOf(task: LoadTask): Promise<ReadonlyMap<string, Dataset>> {
    return this.#datasets(fromOf(task), this.graph.datasetsOf(task));
  }

  async #datasets(ref: string, names: readonly string[]): Promise<ReadonlyMap<string, Dataset>> {
    const datasets = new Map<string, Dataset>();
    for (const name of names) {
      const dataset = await this.#options.landing.dataset(name);
      if (dataset === undefined) throw notHere(ref, name, this.#options.plan.pipeline);
      datasets.set(name, dataset);
    }
    return datasets;
  }

  #taskOf(table: TableName): LoadTask {
    const task = this.#tasks.get(tableKey(table));
    if (task === undefined) throw new RangeError(`The plan writes no rows of ${formatTableName(table)}.`);
    return task;
  }
}

function notHere(ref: string, name: string, pipeline: string): PipelineError {
  return new PipelineError({
    code: 'tableMissing',
    blame: 'config',
    retry: 'never',
    message: `The rows of ${titleRelation(ref)} cannot be computed: those of ${titleRelation(name)} are not on this machine, because they were not loaded yet or their files are gone. Load them with: millrace run ${pipeline}`,
  });
}
