import { join } from 'node:path';

import { LANDING, STEPS, type LoadTask, type Plan } from '@millrace/compiler';
import { PipelineError, type StagedReader } from '@millrace/connector-sdk';

import type { CodeLogRecord } from '../code/code-runner.ts';
import { dryDestination } from '../diff/dry-destination.ts';
import { openExtractPool, type ExtractPool } from '../extract/extract-pool.ts';
import { loadDefinition } from './load-definition.ts';
import { listPackages, taskFolder } from '../package/package-store.ts';
import { DecisionLog } from '../quarantine/decision-log.ts';
import { createStagedReader } from '../stage/staged-reader.ts';
import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { CodeSteps } from '../steps/code-steps.ts';
import { Landing } from '../steps/landing.ts';
import { createMaskKeys, type MaskKeys } from '../steps/mask-keys.ts';
import { StepsSource } from '../steps/steps-source.ts';
import { openDestination, type OpenDestination } from './open-destination.ts';
import { openOnce, type OpenOnce } from './open-once.ts';
import { openSource, type OpenSource } from './open-source.ts';
import type { ResolvedConnection, RunContext, RunFolders, RunLimits, RunPoint } from './run-request.ts';

export interface SessionOptions {
  readonly plan: Plan;
  readonly connections: Readonly<Record<string, ResolvedConnection>>;
  readonly folders: RunFolders;
  readonly limits: RunLimits;
  readonly context: RunContext;
  readonly maskKeys?: MaskKeys | undefined;
  /** Told what the code of a step logs, with the task that it works for. */
  readonly onCodeLog?: ((task: string, record: CodeLogRecord) => void) | undefined;
  readonly isDry?: true;
}

/** What the tasks of a run share, each opened at its first use: sources, destinations, the staging database. */
export class RunSession {
  readonly plan: Plan;
  readonly folders: RunFolders;
  readonly limits: RunLimits;
  /** Nothing is published into destinations. */
  readonly isDry: boolean;
  /** The rows that the plan's steps make. */
  readonly steps: StepsSource;
  readonly landing: Landing;
  readonly #landed: OpenDestination;
  readonly #options: SessionOptions;
  readonly #pool: ExtractPool;
  readonly #sources = new Map<string, OpenOnce<OpenSource>>();
  readonly #destinations = new Map<string, OpenOnce<OpenDestination>>();
  #database: Promise<StagingDatabase> | undefined;
  #reader: StagedReader | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.folders = options.folders;
    this.limits = options.limits;
    this.isDry = options.isDry === true;
    const { registry, registryModule } = options.context;
    const database = () => this.database();
    const { plan, folders } = options;
    this.landing = new Landing({
      stageFolder: folders.stage,
      pipeline: plan.pipeline,
      decisions: new DecisionLog(folders.quarantine, plan.pipeline),
      tasks: plan.tasks,
      database,
    });
    this.#landed = this.landing.open();
    const { maskKeys, onCodeLog } = options;
    const code = new CodeSteps({ database, folder: join(folders.scratch, 'code'), onLog: onCodeLog });
    const packages = ({ id }: LoadTask) => listPackages(taskFolder(folders.stage, plan.pipeline, id));
    this.steps = new StepsSource({ plan, landing: this.landing, packages, database, maskKeys, code });
    this.#pool = openExtractPool({
      workers: Math.max(1, options.limits.parallelTables),
      registry,
      registryModule,
    });
  }

  source(connection: string): Promise<OpenSource> {
    if (connection === STEPS) return Promise.resolve(this.steps);
    return this.#open(this.#sources, connection, async () => {
      const resolved = this.#resolve(connection);
      return openSource(
        connection,
        await loadDefinition(this.#options.context.registry, resolved.connector),
        resolved,
        this.#pool,
        this.limits.maxTries,
      );
    });
  }

  destination(connection: string, signal: AbortSignal): Promise<OpenDestination> {
    if (connection === LANDING) return Promise.resolve(this.#landed);
    return this.#open(this.#destinations, connection, async () => {
      const resolved = this.#resolve(connection);
      const { registry } = this.#options.context;
      const definition = await loadDefinition(registry, resolved.connector);
      const open = await openDestination(connection, definition, resolved, registry, signal);
      return this.isDry ? dryDestination(open) : open;
    });
  }

  database(): Promise<StagingDatabase> {
    this.#database ??= this.#openDatabase();
    return this.#database;
  }

  async reader(): Promise<StagedReader> {
    this.#reader ??= createStagedReader(await this.database(), this.folders.scratch);
    return this.#reader;
  }

  point(point: RunPoint, task: string): void {
    this.#options.context.onPoint?.(point, task);
  }

  /** Closes everything that was opened; what fails to close does not keep the rest open. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(
      [...this.#destinations.values()].flatMap((open) => open.current ?? []),
    );
    await Promise.allSettled([
      this.#pool.close(),
      ...opened.map(async (result) => (result.status === 'fulfilled' ? result.value.close() : undefined)),
    ]);
    await this.steps.close();
    const database = await Promise.allSettled([this.#database]);
    for (const result of database) if (result.status === 'fulfilled') result.value?.close();
  }

  async #openDatabase(): Promise<StagingDatabase> {
    const { memoryBytes, threads } = this.limits;
    const database = await openStagingDatabase({ memoryBytes, threads, scratchFolder: this.folders.scratch });
    await createMaskKeys(database, this.#options.maskKeys ?? {});
    return database;
  }

  #open<T>(opened: Map<string, OpenOnce<T>>, name: string, open: () => Promise<T>): Promise<T> {
    const known = opened.get(name) ?? openOnce(open, this.limits.maxTries);
    opened.set(name, known);
    return known.get();
  }

  #resolve(connection: string): ResolvedConnection {
    const resolved = Object.hasOwn(this.#options.connections, connection)
      ? this.#options.connections[connection]
      : undefined;
    if (resolved !== undefined) return resolved;
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `There is no connection ${JSON.stringify(connection)}. Add it to millrace.yaml.`,
    });
  }
}
