import { existsSync } from 'node:fs';

import type { DuckDBInstance } from '@duckdb/node-api';
import type { ServerIdentity } from '@millrace/connector-sdk';

import { Catalog } from './catalog.ts';
import { writePublicationSql, type Publication } from './publication.ts';
import { createViewSql } from './parquet-view.ts';
import { lockInstance } from './lock-instance.ts';
import { removePassing } from './passing-files.ts';
import { Session } from './session.ts';

/** The one instance of a DuckDB file in this process. */
export class Warehouse {
  readonly path: string;
  /** Where the Parquet files of its tables lie. */
  readonly filesRoot: string;
  readonly instance: DuckDBInstance;
  /** True when the instance reads and writes nothing but the file and what lies under `filesRoot`. */
  readonly isLocked: boolean;
  #catalog: Catalog;
  readonly #writer: Session;
  /** Publications come one after the other: DuckDB commits one at a time. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Open sessions beside the writer. */
  #readers = 0;
  /** As the instance was opened; undefined while it has them. */
  #allThreads: string | undefined;

  private constructor(
    path: string,
    instance: DuckDBInstance,
    writer: Session,
    catalog: Catalog,
    isLocked: boolean,
  ) {
    this.path = path;
    this.filesRoot = filesRootOf(path);
    this.instance = instance;
    this.#writer = writer;
    this.#catalog = catalog;
    this.isLocked = isLocked;
  }

  static async load(
    path: string,
    instance: DuckDBInstance,
    { isReadOnly, isLocked }: { readonly isReadOnly: boolean; readonly isLocked: boolean },
    signal: AbortSignal,
  ): Promise<Warehouse> {
    const writer = await Session.open(instance, 'destination', signal);
    try {
      const warehouse = new Warehouse(path, instance, writer, await Catalog.read(writer, signal), isLocked);
      if (!isReadOnly) await warehouse.#followMove(signal);
      if (isLocked) {
        await removePassing(warehouse.filesRoot);
        await lockInstance(writer, warehouse.filesRoot, signal);
      }
      return warehouse;
    } catch (error) {
      writer[Symbol.dispose]();
      throw error;
    }
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  /** A connection of its own for reading beside publications. */
  async session(blame: 'source' | 'destination', signal: AbortSignal): Promise<Session> {
    this.#readers += 1;
    let isCounted = true;
    const leave = (): void => {
      if (isCounted) this.#readers -= 1;
      isCounted = false;
    };
    const opening = Session.open(this.instance, blame, signal, leave);
    opening.catch(leave);
    const session = await opening;
    try {
      await this.useAllThreads(signal, session);
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * For statements that write next to nothing. With more threads another one often runs them, and the one that waits asks for work all the
   * while: 5 ms of CPU time for each commit. While somebody reads, and where the instance is locked, it keeps all threads.
   */
  async useOneThread(signal: AbortSignal): Promise<void> {
    if (this.isLocked || this.#readers > 0 || this.#allThreads !== undefined) return;
    const [row] = await this.#writer.texts("SELECT CAST(current_setting('threads') AS VARCHAR)", signal);
    const threads = row?.[0];
    if (!threads || this.#readers > 0) return;
    this.#allThreads = threads;
    await this.#writer.run('SET GLOBAL threads = 1', signal);
    if (this.#readers === 0) return;
    // Whoever came meanwhile may have asked for all of them too early.
    this.#allThreads = threads;
    await this.useAllThreads(signal);
  }

  /** Gives the instance all of its threads back. */
  async useAllThreads(signal: AbortSignal, session: Session = this.#writer): Promise<void> {
    const threads = this.#allThreads;
    if (threads === undefined) return;
    await session.run(`SET GLOBAL threads = ${threads}`, signal);
    this.#allThreads = undefined;
  }

  /** Runs work that writes, alone. */
  async exclusively<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => work(this.#writer));
    this.#queue = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      // A failed commit may have been written all the same; only the file knows.
      this.#catalog = await Catalog.read(
        this.#writer,
        signal.aborted ? new AbortController().signal : signal,
      ).catch(() => this.#catalog);
      throw error;
    }
  }

  /** Reads again what the file holds, after statements that were not publications. */
  async reload(signal: AbortSignal): Promise<void> {
    await this.exclusively(signal, async (session) => {
      this.#catalog = await Catalog.read(session, signal);
    });
  }

  async identity(signal: AbortSignal): Promise<ServerIdentity> {
    using session = await this.session('destination', signal);
    const [row] = await session.texts('SELECT version()', signal);
    return { product: 'DuckDB', version: row?.[0]?.replace(/^v/u, '') ?? '', identity: this.path };
  }

  /** Lets go of the file; everything committed is in it. */
  close(): void {
    this.#writer[Symbol.dispose]();
    this.instance.closeSync();
  }

  /** Views name their files by absolute path, so they are made again when the project's folder has moved. */
  async #followMove(signal: AbortSignal): Promise<void> {
    const moved = movedPublications(this.#catalog, this.filesRoot);
    if (moved.length === 0 || !existsSync(this.filesRoot)) return;
    await this.#writer.transaction(signal, async () => {
      for (const publication of moved) {
        if (publication.parquet === null) continue;
        const here = { ...publication, parquet: { ...publication.parquet, root: this.filesRoot } };
        await this.#writer.run(
          `${createViewSql(here.table, here.fields, here.parquet)}; ${writePublicationSql(here, false)}`,
          signal,
        );
      }
    });
    this.#catalog = await Catalog.read(this.#writer, signal);
  }
}

/** Where the Parquet files of a warehouse file's tables lie. */
export function filesRootOf(path: string): string {
  return `${path}.files`;
}

/** True when views of the file name their files where they no longer are. */
export function isMoved(catalog: Catalog, filesRoot: string): boolean {
  return movedPublications(catalog, filesRoot).length > 0;
}

function movedPublications(catalog: Catalog, filesRoot: string): readonly Publication[] {
  return catalog.publications.filter(
    ({ table, parquet }) =>
      parquet !== null && parquet.root !== filesRoot && catalog.find(table)?.kind === 'view',
  );
}
