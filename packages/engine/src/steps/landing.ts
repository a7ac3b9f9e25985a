import {
  isDecided,
  LANDING,
  LANDING_CAPABILITIES,
  type CheckResult,
  type LoadTask,
} from '@millrace/compiler';
import {
  PipelineError,
  type Destination,
  type PublicationRecord,
  type PublishedTable,
  type PublishRequest,
  type StagedFile,
} from '@millrace/connector-sdk';
import { formatTableName, type TableName } from '@millrace/spec';

import {
  inspectPackages,
  listPackages,
  packageFolder,
  taskFolder,
  type LoadPackage,
} from '../package/package-store.ts';
import { runThatIsMissing } from '../package/retain-packages.ts';
import { NONE_DECIDED, type DecisionLog } from '../quarantine/decision-log.ts';
import type { OpenDestination } from '../run/open-destination.ts';
import { createSlots } from '../run/slots.ts';
import { tableKey } from '../run/table-key.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { openStagedDigest } from '../verify/staged-digest.ts';
import { LandedDataset, type Dataset } from './dataset.ts';
import { readHead, writeHead, type Head } from './landing-head.ts';

/** Measures of a check that are kept for comparison. */
const KEPT_MEASURES = 60;

export interface LandingOptions {
  readonly stageFolder: string;
  readonly pipeline: string;
  /** What people decided about rows that were set aside. */
  readonly decisions: DecisionLog;
  readonly tasks: readonly LoadTask[];
  readonly database: () => Promise<StagingDatabase>;
}

type Landed =
  | { readonly kind: 'rows'; readonly rows: LandedDataset }
  | { readonly kind: 'damaged'; readonly damage: string };

/**
 * The tables of a pipeline that stay on this machine: their rows are the load packages themselves, and publishing one
 * is moving its head.
 */
export class Landing {
  readonly #options: LandingOptions;
  readonly #tasks: ReadonlyMap<string, LoadTask>;
  readonly #measures = new Map<string, Record<string, readonly number[]>>();
  /** What was read of tables that this run has not published since: no other run of the pipeline writes meanwhile. */
  readonly #heads = new Map<string, Promise<Head | undefined>>();
  readonly #landed = new Map<string, Promise<Landed | undefined>>();

  constructor(options: LandingOptions) {
    this.#options = options;
    this.#tasks = new Map(
      options.tasks
        .filter((task) => task.destination.connection === LANDING)
        .map((task) => [task.destination.table.name, task]),
    );
  }

  /** Whether a relation has rows of its own. */
  has(ref: string): boolean {
    return this.#tasks.has(ref) || isDecided(ref);
  }

  /** The rows of a relation as they are now; undefined before the first load. */
  async dataset(ref: string): Promise<Dataset | undefined> {
    return isDecided(ref) ? this.#options.decisions.dataset(ref) : this.landed(ref);
  }

  /** A query of what people decided about the rows of a step; undefined when they decided nothing. */
  async decisions(ref: string): Promise<string | undefined> {
    const dataset = await this.#options.decisions.dataset(ref);
    return dataset.version === NONE_DECIDED ? undefined : dataset.stateSql();
  }

  /**
   * The rows of a landed source or of a step that keeps its rows; undefined before the first load, and where files
   * behind them are damaged.
   */
  async landed(ref: string): Promise<LandedDataset | undefined> {
    const found = await this.#find(ref);
    return found?.kind === 'rows' ? found.rows : undefined;
  }

  /** What is wrong with the files of rows that were landed, as a sentence; undefined when nothing is, or none were. */
  async damage(ref: string): Promise<string | undefined> {
    const found = await this.#find(ref);
    return found?.kind === 'damaged' ? found.damage : undefined;
  }

  #find(ref: string): Promise<Landed | undefined> {
    const task = this.#taskOf({ name: ref });
    return remembered(this.#landed, task.id, () => this.#readLanded(task));
  }

  async #readLanded(task: LoadTask): Promise<Landed | undefined> {
    const head = await this.#headOf(task);
    if (head === undefined) return undefined;
    const folder = this.#folderOf(task);
    const { packages, damaged } = await inspectPackages(folder);
    const missing = runThatIsMissing(packages, head.record.runId);
    if (missing === undefined)
      return { kind: 'rows', rows: new LandedDataset(task, head.record.runId, packages) };
    const attempts = packageFolder(folder, missing, 0).slice(0, -1);
    const known = damaged.find((one) => one.folder.startsWith(attempts));
    const damage = known?.damage ?? `The load package of run ${missing} is missing in ${folder}.`;
    return { kind: 'damaged', damage };
  }

  /** The rows of a relation as they would be with a package that is not published yet. */
  async candidate(task: LoadTask, finished: LoadPackage): Promise<LandedDataset> {
    const others = (await listPackages(this.#folderOf(task))).filter(
      ({ folder }) => folder !== finished.folder,
    );
    return new LandedDataset(task, finished.manifest.runId, [...others, finished]);
  }

  /** Whether the rows of files are those that are landed, each as often. */
  async holds(task: LoadTask, files: readonly StagedFile[]): Promise<boolean> {
    const state = (await this.dataset(task.destination.table.name))?.stateSql();
    if (state === undefined) return false;
    const database = await this.#options.database();
    const now =
      files.length === 0
        ? `SELECT * FROM (${state}) WHERE false`
        : `FROM ${StagingDatabase.parquetOf(files.map((file) => file.path))}`;
    const [rows] = await database.query(
      `SELECT (SELECT count(*) FROM (${state})) = (SELECT count(*) FROM (${now})) ` +
        `AND NOT EXISTS (SELECT * FROM (${state}) EXCEPT ALL SELECT * FROM (${now})) AS same`,
    );
    return rows?.['same'] === true;
  }

  /** What the checks of a relation measured before, by check. */
  async measures(ref: string): Promise<ReadonlyMap<string, readonly number[]>> {
    const head = await this.#headOf(this.#taskOf({ name: ref }));
    return new Map(Object.entries(head?.measures ?? {}));
  }

  /** Keeps what the checks of a relation measured; saved with its next publication. */
  noteMeasures(ref: string, results: readonly CheckResult[]): void {
    const measures: Record<string, readonly number[]> = {};
    for (const { name, measure } of results) if (measure !== null) measures[name] = [measure];
    this.#measures.set(ref, measures);
  }

  /** As the destination of the loads that land. */
  open(): OpenDestination {
    const destination = this.#destination();
    const known = new Map<string, PublishedTable | undefined>();
    async function describe(tables: readonly TableName[], signal: AbortSignal): Promise<void> {
      const answers = await destination.describe(tables, signal);
      for (const [index, table] of tables.entries()) known.set(tableKey(table), answers[index]);
    }
    return {
      destination,
      capabilities: LANDING_CAPABILITIES,
      target: {
        connector: LANDING,
        identifiers: LANDING_CAPABILITIES.identifiers,
        destinationType: undefined,
      },
      title: 'this machine',
      rejects: () => undefined,
      publishing: createSlots(LANDING_CAPABILITIES.parallelPublishes),
      describe,
      async published(table, signal) {
        if (!known.has(tableKey(table))) await describe([table], signal);
        return known.get(tableKey(table));
      },
      forget: (table) => {
        known.delete(tableKey(table));
        this.#forget(this.#taskOf(table));
      },
      close: async () => {},
    };
  }

  #destination(): Destination {
    const digest = async (table: TableName) => {
      const dataset = await this.dataset(table.name);
      const sql = dataset?.stateSql();
      return openStagedDigest(await this.#options.database(), sql === undefined ? undefined : `(${sql})`);
    };
    return {
      check: async () => ({ product: 'Millrace', version: '1', identity: this.#options.stageFolder }),
      describe: async (tables) =>
        Promise.all(
          tables.map(async (table): Promise<PublishedTable | undefined> => {
            const head = await this.#headOf(this.#taskOf(table));
            if (head === undefined) return undefined;
            return { table, fields: head.fields, record: head.record, estimatedRows: null };
          }),
        ),
      publish: async (request, files) => this.#publish(request, files),
      digest: async (request, signal) => (await digest(request.table)).digest(request, signal),
      async *digestRows(request, inBuckets, signal) {
        yield* (await digest(request.table)).digestRows(request, inBuckets, signal);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async #publish(request: PublishRequest, files: AsyncIterable<StagedFile>) {
    const task = this.#taskOf(request.table);
    let rows = 0;
    for await (const file of files) rows += file.rows;
    request.checkpoint?.('staged');
    const before = await readHead(this.#folderOf(task));
    const gone = request.deletedKeys().reduce((sum, file) => sum + file.rows, 0);
    const counts = { rowsInserted: rows, rowsUpdated: 0, rowsDeleted: gone };
    if (before !== undefined && before.record.fenceToken > request.fenceToken) throw fenced(request);
    if (before?.record.runId === request.runId) return { record: before.record, ...counts, isAdopted: true };
    const record: PublicationRecord = {
      runId: request.runId,
      fenceToken: request.fenceToken,
      version: (before?.record.version ?? 0) + 1,
      position: request.position(),
      publishedAt: new Date().toISOString(),
      rows,
      schemaFingerprint: request.schemaFingerprint,
    };
    request.checkpoint?.('beforeCommit');
    const noted = this.#measures.get(request.table.name) ?? {};
    const measures = { ...before?.measures };
    for (const [name, values] of Object.entries(noted))
      measures[name] = [...(measures[name] ?? []), ...values].slice(-KEPT_MEASURES);
    await writeHead(this.#folderOf(task), { version: 1, record, fields: request.fields, measures });
    this.#forget(task);
    request.checkpoint?.('afterCommit');
    return { record, ...counts, isAdopted: false };
  }

  #taskOf(table: TableName): LoadTask {
    const task = this.#tasks.get(table.name);
    if (task === undefined) throw new RangeError(`${formatTableName(table)} is not landed.`);
    return task;
  }

  #forget(task: LoadTask): void {
    this.#heads.delete(task.id);
    this.#landed.delete(task.id);
  }

  #headOf(task: LoadTask): Promise<Head | undefined> {
    return remembered(this.#heads, task.id, () => readHead(this.#folderOf(task)));
  }

  #folderOf(task: LoadTask): string {
    return taskFolder(this.#options.stageFolder, this.#options.pipeline, task.id);
  }
}

/** What was found before; a failure is asked again. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const reading = read().catch((error: unknown) => {
    known.delete(key);
    throw error;
  });
  known.set(key, reading);
  return reading;
}

function fenced(request: PublishRequest): PipelineError {
  return new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `Another run has taken over ${formatTableName(request.table)}; this one wrote nothing.`,
  });
}
