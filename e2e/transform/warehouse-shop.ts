import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { DuckDBInstance } from '@duckdb/node-api';
import { compilePipeline, requiredTables, type Plan } from '@millrace/compiler';
import { registry } from '@millrace/connectors';
import { findTable } from '@millrace/connector-sdk/conformance';
import { temporaryFolder, type Random } from '@millrace/connector-sdk/testing';
import {
  createCodeAnalyser,
  openSqlAnalyser,
  runPlan,
  type RunEvent,
  type RunRequest,
} from '@millrace/engine';
import { parsePipeline } from '@millrace/spec';

const never = new AbortController().signal;

/** Two tables in an SQLite file that change at random, and pipelines from them into DuckDB files. */
export class WarehouseShop implements AsyncDisposable {
  readonly #folder = temporaryFolder('transform');
  readonly #database: DatabaseSync;
  readonly #random: Random;
  #analyser: ReturnType<typeof openSqlAnalyser> | undefined;
  #codeAnalyser: ReturnType<typeof createCodeAnalyser> | undefined;
  #clock = 0;
  #nextOrder = 0;
  #fence = 0;

  constructor(random: Random, orders: number) {
    this.#random = random;
    this.#database = new DatabaseSync(join(this.#folder.path, 'shop.db'));
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
      CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, changed INTEGER NOT NULL);
      CREATE INDEX customers_changed ON customers (changed);
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, status TEXT, amount INTEGER, changed INTEGER NOT NULL);
      CREATE INDEX orders_changed ON orders (changed)`);
    for (let id = 1; id <= 30; id++) this.#writeCustomer(id);
    for (let count = 0; count < orders; count++) this.#writeOrder(++this.#nextOrder);
  }

  /** Inserts, updates and deletes in both tables; sometimes in one only, sometimes nothing. */
  change(): void {
    const random = this.#random;
    for (let count = random.integer(0, 12); count > 0; count--) this.#writeOrder(++this.#nextOrder);
    for (let count = random.integer(0, 12); count > 0; count--)
      this.#writeOrder(random.integer(1, Math.max(1, this.#nextOrder)));
    for (let count = random.integer(0, 5); count > 0; count--)
      this.#database.prepare('DELETE FROM orders WHERE id = ?').run(random.integer(1, this.#nextOrder));
    if (random.next() < 0.5) this.#writeCustomer(random.integer(1, 35));
    if (random.next() < 0.3)
      this.#database.prepare('DELETE FROM customers WHERE id = ?').run(random.integer(1, 35));
  }

  /** The number that a query of the source gives. */
  source(sql: string): number {
    return Number(this.#database.prepare(sql).get()?.['n']);
  }

  /** Runs a pipeline into a warehouse of its own; runs under one name go on where the last one ended. */
  async run(
    text: string,
    name: string,
    maskKeys: Readonly<Record<string, string>> = {},
  ): Promise<readonly RunEvent[]> {
    const request = { ...(await this.request(text, name)), maskKeys };
    const events: RunEvent[] = [];
    const context = {
      registry,
      registryModule: new URL(import.meta.resolve('@millrace/connectors')),
      emit: (event: RunEvent) => void events.push(event),
    };
    const summary = await runPlan(request, context, never);
    if (summary.state !== 'succeeded') {
      const failed = events.flatMap((event) => (event.type === 'taskFailed' ? [event.error.message] : []));
      throw new Error(`${text}\n${failed.join('\n')}`);
    }
    return events;
  }

  /** All that lies in files, of the source and of all runs. */
  files(): readonly Buffer[] {
    return readdirSync(this.#folder.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  }

  /** Lets what is kept of a relation claim one row more than there is: as if one had been lost on the way to its files. */
  claimRow(name: string, relation: string): void {
    const path = this.keptFile(name, relation, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { files: { rows: number }[] };
    for (const file of manifest.files.slice(0, 1)) file.rows += 1;
    writeFileSync(path, JSON.stringify(manifest));
  }

  /** The path of a file, by its name, in the oldest load package of a relation that is kept. */
  keptFile(name: string, relation: string, file: string): string {
    const folder = join(this.#folder.path, name, 'stage');
    const [path] = globSync(join(folder, '**', `${relation}%20*`, '**', file)).sort();
    if (path === undefined) throw new Error(`Nothing of ${relation} is kept.`);
    return path;
  }

  /** What a runner of the pipeline is asked: a new run, or the next attempt of one. */
  async request(text: string, name: string, before?: RunRequest): Promise<RunRequest> {
    this.#fence += 1;
    const folder = join(this.#folder.path, name);
    return {
      plan: before?.plan ?? (await this.plan(text)),
      runId: before?.runId ?? `${name}-${this.#fence}`,
      attempt: (before?.attempt ?? 0) + 1,
      fenceToken: this.#fence,
      connections: {
        shop: { connector: 'sqlite', config: { path: join(this.#folder.path, 'shop.db') } },
        warehouse: { connector: 'duckdb', config: { path: join(this.#folder.path, `${name}.duckdb`) } },
      },
      folders: {
        stage: join(folder, 'stage'),
        quarantine: join(folder, 'quarantine'),
        scratch: join(folder, 'scratch'),
      },
      limits: {
        parallelTables: 2,
        memoryBytes: 512 * 2 ** 20,
        threads: 2,
        keepPackages: 3,
        keepBytes: 2 ** 33,
        maxTries: 1,
      },
      isFullRefresh: false,
      isVerified: false,
    };
  }

  async plan(text: string): Promise<Plan> {
    const { document, diagnostics, locate } = parsePipeline(text, 'pipeline.yaml');
    if (document === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    const shop = await this.#definition('sqlite');
    const warehouse = await this.#definition('duckdb');
    if (shop.openSource === undefined) throw new Error('SQLite has no source.');
    await using source = await shop.openSource(
      shop.config.parse({ path: join(this.#folder.path, 'shop.db') }),
      never,
    );
    const include = requiredTables(document)['shop']?.include ?? [];
    const tables = [];
    for (const table of include) tables.push(await findTable(source, { name: table }, never));
    this.#analyser ??= openSqlAnalyser();
    this.#codeAnalyser ??= createCodeAnalyser();
    const compiled = await compilePipeline({
      document,
      locate,
      sql: await this.#analyser,
      code: await this.#codeAnalyser,
      connections: {
        shop: { connector: 'sqlite', source: shop.capabilities.source },
        warehouse: {
          connector: 'duckdb',
          destination: warehouse.capabilities.destination,
          destinationType: warehouse.destinationType,
        },
      },
      tables: { shop: tables },
    });
    if (compiled.plan === undefined)
      throw new Error(`${text}\n${compiled.diagnostics.map(({ message }) => message).join('\n')}`);
    return compiled.plan;
  }

  /** The rows of published tables as text, sorted, so that equal tables are equal texts. */
  async rows(name: string, tables: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
    const instance = await DuckDBInstance.create(join(this.#folder.path, `${name}.duckdb`), {
      access_mode: 'READ_ONLY',
    });
    const connection = await instance.connect();
    try {
      const found: Record<string, readonly string[]> = {};
      for (const table of tables) {
        const result = await connection.runAndReadAll(
          `SELECT to_json(t)::VARCHAR AS row FROM mart.${table} AS t ORDER BY 1`,
        );
        found[table] = result.getRows().map(([row]) => String(row));
      }
      return found;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const analyser = await this.#analyser;
    await analyser?.[Symbol.asyncDispose]();
    this.#database.close();
    this.#folder.remove();
  }

  async #definition(name: string) {
    const load = registry[name];
    if (load === undefined) throw new Error(`There is no connector ${name}.`);
    return load();
  }

  #tick(): number {
    if (this.#random.next() < 0.3) this.#clock += 1;
    return this.#clock;
  }

  #writeOrder(id: number): void {
    const random = this.#random;
    this.#database
      .prepare('INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?)')
      .run(
        id,
        random.next() < 0.1 ? null : random.integer(1, 35),
        ['new', 'paid', 'cancelled', null][random.integer(0, 3)] ?? null,
        random.next() < 0.1 ? null : random.integer(-50, 100),
        this.#tick(),
      );
  }

  #writeCustomer(id: number): void {
    const random = this.#random;
    this.#database
      .prepare('INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)')
      .run(
        id,
        `name ${random.integer(1, 9)}`,
        ['DE', 'US', 'FR', null][random.integer(0, 3)] ?? null,
        this.#tick(),
      );
  }
}
