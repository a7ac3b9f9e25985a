import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { LoadTask } from '@millrace/compiler';
import { tiedCommand } from '@millrace/connector-sdk/testing';
import { registry } from '@millrace/connectors';
import {
  runPlan,
  type ResolvedConnection,
  type RunEvent,
  type RunPoint,
  type RunRequest,
} from '@millrace/engine';

import type { Shop } from './shop.ts';

export interface AttemptOptions {
  readonly runId: string;
  readonly attempt: number;
  readonly tasks: readonly LoadTask[];
  readonly isFullRefresh?: boolean;
  /** Another source than the SQLite file of the shop. */
  readonly source?: ResolvedConnection;
  /** Another destination than the DuckDB file of the shop. */
  readonly warehouse?: ResolvedConnection;
  /** Kills the process (SIGKILL) at this point of the first task that reaches it. */
  readonly killAt?: RunPoint;
  /** Kills the process after so many milliseconds of the run. */
  readonly killAfterMs?: number;
  /** Kills it at this point of all points of the attempt, counted from 1. */
  readonly killAfterPoints?: number;
  /** Cancels at this point. */
  readonly cancelAt?: RunPoint;
}

export interface AttemptResult {
  readonly events: readonly RunEvent[];
  readonly wasKilled: boolean;
}

/** What the child process is given on its standard input. */
export interface AttemptInput extends Pick<
  AttemptOptions,
  'killAt' | 'killAfterPoints' | 'killAfterMs' | 'cancelAt'
> {
  readonly request: RunRequest;
}

export function requestFor(shop: Shop, options: AttemptOptions): RunRequest {
  return {
    plan: {
      version: 1,
      pipeline: 'shop',
      documentFingerprint: '',
      fingerprint: '',
      tasks: options.tasks,
      steps: [],
    },
    runId: options.runId,
    attempt: options.attempt,
    fenceToken: shop.nextFenceToken(),
    connections: {
      shop: options.source ?? { connector: 'sqlite', config: { path: shop.sourcePath } },
      warehouse: options.warehouse ?? { connector: 'duckdb', config: { path: shop.warehousePath } },
    },
    folders: {
      stage: join(shop.folder, 'stage'),
      quarantine: join(shop.folder, 'quarantine'),
      scratch: join(shop.folder, 'scratch'),
    },
    limits: {
      parallelTables: 2,
      memoryBytes: 256 * 2 ** 20,
      threads: 1,
      keepPackages: 20,
      keepBytes: 2 ** 33,
      maxTries: 3,
    },
    isFullRefresh: options.isFullRefresh ?? false,
    isVerified: false,
  };
}

export interface LocalOptions extends Pick<
  AttemptOptions,
  'tasks' | 'isFullRefresh' | 'source' | 'warehouse'
> {
  readonly runId: string;
  readonly attempt?: number;
  readonly onPoint?: (point: RunPoint, task: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs one attempt in this process, for faults that leave it alive. */
export async function runHere(shop: Shop, options: LocalOptions): Promise<readonly RunEvent[]> {
  const { onPoint, signal = new AbortController().signal, attempt = 1 } = options;
  const events: RunEvent[] = [];
  const context = {
    registry,
    registryModule: new URL(import.meta.resolve('@millrace/connectors')),
    emit: (event: RunEvent) => void events.push(event),
    ...(onPoint && { onPoint }),
  };
  await runPlan(requestFor(shop, { ...options, attempt }), context, signal);
  return events;
}

/** Runs one attempt in a process of its own, which can be killed without taking the test along. */
export function runAttempt(shop: Shop, options: AttemptOptions): Promise<AttemptResult> {
  const { killAt, killAfterPoints, killAfterMs, cancelAt } = options;
  return startAttempt({
    request: requestFor(shop, options),
    ...(killAt && { killAt }),
    ...(killAfterPoints !== undefined && { killAfterPoints }),
    ...(killAfterMs !== undefined && { killAfterMs }),
    ...(cancelAt && { cancelAt }),
  });
}

/** The same for any request. */
export async function startAttempt(input: AttemptInput): Promise<AttemptResult> {
  const child = spawn(...tiedCommand(process.execPath, [join(import.meta.dirname, 'attempt-process.ts')]), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(input));
  const events: RunEvent[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) events.push(JSON.parse(line));
  const [, signal] = await exited;
  return { events, wasKilled: signal === 'SIGKILL' };
}
