import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

import { childCacheFolder } from './compile-cache.ts';

/** What a runner may know of its parent's environment. Secrets live in environments: anything not named here stays out. */
const INHERITED =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|XDG_\w+|LD_LIBRARY_PATH|DYLD_\w+|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|NODE_V8_COVERAGE|MILLRACE_(?!SECRET|STORE)\w+)$/;

/** DuckDB's and the file system's long calls share libuv's pool; four would let a long query delay a file's stat by a minute. */
const POOL_THREADS = 16;

/**
 * Starts a runner process. Its JavaScript heap is capped at a quarter of the machine (1 to 4 GiB): row data lives
 * outside of it, so a heap that grows beyond is a defect that must end this process alone.
 */
export function startRunner(folder: string): ChildProcess {
  return start(new URL('./runner.main.ts', import.meta.url), [], folder);
}

/** When nobody needed it for so long, the process that owns the warehouse ends; the next who does waits for its start. */
export const WAREHOUSE_IDLE_MS = 5 * 60_000;

/** Starts the process that owns the project's embedded warehouse and listens at `address`. */
export function startWarehouseHost(
  folder: string,
  address: string,
  idleMs: number = WAREHOUSE_IDLE_MS,
): ChildProcess {
  return start(new URL('./host.main.ts', import.meta.url), [address, String(idleMs)], folder);
}

function start(program: URL, args: readonly string[], folder: string): ChildProcess {
  const environment: NodeJS.ProcessEnv = {
    UV_THREADPOOL_SIZE: String(Math.max(POOL_THREADS, availableParallelism() * 2)),
    // By the environment, because worker threads take it only from there.
    NODE_COMPILE_CACHE: childCacheFolder,
  };
  for (const [name, value] of Object.entries(process.env))
    if (INHERITED.test(name)) environment[name] = value;
  const heapMiB = Math.round(Math.min(4096, Math.max(1024, totalmem() / 4 / 1024 ** 2)));
  return fork(program, args, {
    cwd: existsSync(folder) ? folder : undefined,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: environment,
    execArgv: [`--max-old-space-size=${heapMiB}`, '--disable-warning=ExperimentalWarning'],
  });
}
