import { constants, existsSync } from 'node:fs';
import { access, mkdir, realpath } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

import { DuckDBInstance } from '@duckdb/node-api';
import { PipelineError, throwIfCancelled, type Blame } from '@millrace/connector-sdk';

import type { DuckdbConfig } from '../config.ts';
import { errorCode, toPipelineError } from '../errors.ts';
import { CATALOG, text } from './names.ts';
import { Warehouse } from './warehouse.ts';

/** A share in the one instance of a file; the last one to be disposed closes the file. */
export interface WarehouseLease extends Disposable {
  readonly warehouse: Warehouse;
}

interface OpenFile {
  users: number;
  readonly warehouse: Promise<Warehouse>;
}

/**
 * Files this process has open. A second instance of the same file, in this thread or another, raises no error and loses
 * committed rows, and closing it would drop this process's lock: so there is one per real path, in the main thread only.
 */
const openFiles = new Map<string, OpenFile>();
/** Files that are lent to `withClosedFile`. */
const lentFiles = new Map<string, Promise<unknown>>();

export interface OpenOptions {
  readonly blame: Extract<Blame, 'source' | 'destination'>;
  /** False for sources: reading never makes a file. */
  readonly isCreated: boolean;
  /** Locks the instance, so that questions can be asked of it while tables are published. */
  readonly isLocked?: true;
}

/** A share in the file's one instance, which the first caller opens and the last one to dispose closes. */
export async function openWarehouse(
  config: DuckdbConfig,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<WarehouseLease> {
  const path = await realFile(config, options);
  for (;;) {
    await lentFiles.get(path);
    throwIfCancelled(signal);
    const file = openFiles.get(path) ?? openFile(path, config, options, signal);
    file.users += 1;
    try {
      return lease(path, file, await file.warehouse);
    } catch (error) {
      file.users -= 1;
      if (openFiles.get(path) === file) openFiles.delete(path);
      // Whoever came first gave up; this caller did not.
      const isOthers = error instanceof PipelineError && error.code === 'cancelled' && !signal.aborted;
      if (!isOthers) throw error;
    }
  }
}

/**
 * An instance of its own that only reads, for as long as `work` takes. Settings that lock an instance hold for all of it,
 * so this waits until this process has the file closed, and keeps it from being opened meanwhile.
 */
export async function withPrivateInstance<T>(
  config: DuckdbConfig,
  work: (instance: DuckDBInstance, path: string) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const options = { blame: 'destination', isCreated: false } as const;
  const path = await realFile(config, options);
  const deadline = Date.now() + config.busyTimeoutSeconds * 1000;
  while (openFiles.has(path) || lentFiles.has(path)) {
    if (Date.now() >= deadline) {
      throw new PipelineError({
        code: 'warehouseBusy',
        blame: 'destination',
        retry: 'backoff',
        message: `${config.path} is in use by a run of this process. Try again when the run has ended.`,
      });
    }
    await pause(signal);
  }
  const { promise, resolve: giveBack } = Promise.withResolvers<void>();
  lentFiles.set(path, promise);
  try {
    const instance = await createInstance(path, config, true, options, signal);
    try {
      return await work(instance, path);
    } finally {
      instance.closeSync();
    }
  } finally {
    lentFiles.delete(path);
    giveBack();
  }
}

function openFile(path: string, config: DuckdbConfig, options: OpenOptions, signal: AbortSignal): OpenFile {
  const file: OpenFile = { users: 0, warehouse: loadWarehouse(path, config, options, signal) };
  // A failure is reported by whoever awaits it.
  file.warehouse.catch(() => undefined);
  openFiles.set(path, file);
  return file;
}

async function loadWarehouse(
  path: string,
  config: DuckdbConfig,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<Warehouse> {
  const isReadOnly = existsSync(path) && !(await isWritable(path));
  const instance = await createInstance(path, config, isReadOnly, options, signal);
  try {
    return await Warehouse.load(path, instance, { isReadOnly, isLocked: options.isLocked ?? false }, signal);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

function lease(path: string, file: OpenFile, warehouse: Warehouse): WarehouseLease {
  let isHeld = true;
  return {
    warehouse,
    [Symbol.dispose](): void {
      if (!isHeld) return;
      isHeld = false;
      file.users -= 1;
      if (file.users > 0) return;
      openFiles.delete(path);
      warehouse.close();
    },
  };
}

/** Opens the file, waiting for another process to let go of it. */
async function createInstance(
  path: string,
  config: DuckdbConfig,
  isReadOnly: boolean,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<DuckDBInstance> {
  const deadline = Date.now() + config.busyTimeoutSeconds * 1000;
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await attach(path, config, isReadOnly);
    } catch (error) {
      const failure = toPipelineError(error, `${config.path} cannot be opened`, options.blame);
      if (failure.code !== 'warehouseBusy') throw failure;
      if (Date.now() >= deadline) throw busyError(config.path, failure, options.blame);
    }
    await pause(signal);
  }
}

async function attach(path: string, config: DuckdbConfig, isReadOnly: boolean): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    ...engineSettings(config),
    temp_directory: `${path}.tmp`,
  });
  const connection = await instance.connect();
  try {
    await connection.run(
      `SET GLOBAL TimeZone = 'UTC'; ATTACH ${text(path)} AS ${CATALOG} (TYPE duckdb${isReadOnly ? ', READ_ONLY' : ''})`,
    );
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  } finally {
    connection.closeSync();
  }
}

function busyError(path: string, failure: PipelineError, blame: Blame): PipelineError {
  const holder = /held in (.+?) \(PID (\d+)\)/u.exec(failure.message);
  const who = holder === null ? 'Another process' : `Process ${holder[2]} (${holder[1]})`;
  return new PipelineError({
    code: 'warehouseBusy',
    blame,
    retry: 'backoff',
    message: `${path} is in use: ${who} holds it, and a DuckDB file has one owner. Stop that process, or try again when it has ended.`,
    cause: failure,
  });
}

function engineSettings(config: DuckdbConfig): Record<string, string> {
  return {
    // What is linked in is all there is: no extension is fetched or loaded behind a statement.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(config.memoryLimit === undefined ? {} : { memory_limit: memorySize(config.memoryLimit) }),
    ...(config.threads === undefined ? {} : { threads: String(config.threads) }),
  };
}

/** DuckDB knows shares of the memory only once it runs. */
function memorySize(limit: string): string {
  const share = /^(.*)%$/u.exec(limit)?.[1];
  return share === undefined ? limit : `${Math.floor((totalmem() * Number(share)) / 100 / 1024 ** 2)}MiB`;
}

/** The file's real path, by which two spellings of it are known to be one file. */
async function realFile(config: DuckdbConfig, options: OpenOptions): Promise<string> {
  if (!isMainThread) {
    throw new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: `${config.path} cannot be opened in a worker thread: a DuckDB file has one owner, the main thread of its process. Open it there.`,
    });
  }
  const path = resolve(config.path);
  try {
    if (existsSync(path)) return await realpath(path);
    if (options.isCreated) {
      await mkdir(dirname(path), { recursive: true });
      return join(await realpath(dirname(path)), basename(path));
    }
  } catch (error) {
    throw toPipelineError(error, `${config.path} cannot be opened`, options.blame);
  }
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${config.path} does not exist. Check the path, or load a table into it first.`,
  });
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(RETRY_MS, undefined, { signal }).catch(() => throwIfCancelled(signal));
}

const RETRY_MS = 100;
