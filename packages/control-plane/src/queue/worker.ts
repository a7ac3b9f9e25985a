import { availableParallelism } from 'node:os';

import { PipelineError } from '@millrace/connector-sdk';

import { contextOf } from '../operation-context.ts';
import type { ProjectHost } from '../project-host.ts';
import { enqueueRun } from '../runs/insert-runs.ts';
import { newRunId } from '../runs/run-id.ts';
import { keepLease } from '../runs/run-lease.ts';
import { readRun } from '../runs/run-store.ts';
import { finishRun, requeueRun } from '../runs/run-transitions.ts';
import type { Store } from '../store/open-store.ts';
import { RunnerPool, lendRunner } from '../runner/runner-pool.ts';
import { claimNextRun, type ClaimedRun } from './claim-run.ts';
import { recoverRuns } from './recover-runs.ts';
import { workRun } from './work-run.ts';

/** How often runs are looked for whose time has come, beside what the live feed tells. */
const LOOK_MS = 500;
/** How often runs are looked for whose process is gone. */
const RECOVER_MS = 5_000;

export interface WorkerOptions {
  /** Of the runs; undefined when the project has none. */
  readonly environmentName?: string | undefined;
  /** Runs at a time; by the machine's cores when left out. */
  readonly parallelRuns?: number;
  /** Hears of failures of the worker itself: the store is away, a defect. It goes on. */
  readonly onError?: (error: unknown) => void;
}

/** Works off the queue until it is disposed of; then what it has in work goes back, for the next worker. */
export interface Worker extends AsyncDisposable {
  /** Runs in work now. */
  readonly activeRuns: ReadonlySet<string>;
}

/** Starts to work off the queue of a project: each run in a runner process, some at a time, one of each pipeline. */
export async function startWorker(host: ProjectHost, options: WorkerOptions = {}): Promise<Worker> {
  const store = await host.store();
  const pool = new RunnerPool(host.startRunner);
  const parallelRuns = options.parallelRuns ?? Math.max(2, Math.min(4, availableParallelism()));
  const onError = options.onError ?? (() => undefined);
  const stop = new AbortController();
  const active = new Map<string, Promise<void>>();
  let wake: () => void = () => undefined;
  let recoveredAt = -Infinity;

  async function look(): Promise<void> {
    if (performance.now() - recoveredAt > RECOVER_MS) {
      await recoverRuns(store);
      recoveredAt = performance.now();
    }
    while (active.size < parallelRuns && !stop.signal.aborted) {
      const claimed = await claimNextRun(store, host.owner);
      if (!claimed) return;
      const work = workClaimed(claimed)
        .catch(onError)
        .finally(() => {
          active.delete(claimed.runId);
          wake();
        });
      active.set(claimed.runId, work);
    }
  }

  async function workClaimed({ runId, attempt, lease }: ClaimedRun): Promise<void> {
    await using held = keepLease(store, lease, stop.signal);
    try {
      await using lent = lendRunner(pool);
      const context = contextOf(
        { ...host, runner: lent.runner },
        { workingFolder: host.projectFolder, environmentName: options.environmentName },
      );
      const end = await workRun(context, held, { runId, attempt, isAttended: false });
      if (end === 'superseded') await askAgain(store, runId);
      else lent.isClean = end === 'ended';
    } catch (error) {
      if (stop.signal.aborted) {
        const reason = 'The server stopped; another attempt goes on.';
        await requeueRun(store, lease, runId, { outcome: 'released', reason, afterMs: 0, isRetry: false });
      } else if (!(error instanceof PipelineError && error.code === 'fenced')) {
        const reason = `This is a defect of Millrace; please report it. ${error instanceof Error ? error.message : String(error)}`;
        await finishRun(store, lease, runId, 'failed', reason);
        throw error;
      }
    }
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      try {
        await look();
      } catch (error) {
        onError(error);
      }
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LOOK_MS)));
      await Promise.race([woken, late]);
      clearTimeout(timer);
    }
  }

  async function listen(): Promise<void> {
    for await (const event of store.live.subscribe(undefined, stop.signal))
      if (event.kind === 'reset' || (event.kind === 'run' && event.state !== 'running')) wake();
  }

  const looping = loop();
  const listening = listen().catch(onError);
  return {
    get activeRuns() {
      return new Set(active.keys());
    },
    async [Symbol.asyncDispose]() {
      stop.abort(stopped());
      wake();
      await Promise.all([looping, listening, ...active.values()]);
      await pool[Symbol.asyncDispose]();
    },
  };
}

/** What was asked for is still wanted, with the document as it is now. */
async function askAgain(store: Store, runId: string): Promise<void> {
  const superseded = await readRun(store, runId);
  if (!superseded) return;
  const { pipeline, options, parameters, startedBy } = superseded.record;
  await enqueueRun(store, { runId: newRunId(new Date()), pipeline, options, parameters, startedBy });
}

function stopped(): PipelineError {
  return new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: 'The server stops. Whoever works off the queue next takes the run up where it stands.',
  });
}
