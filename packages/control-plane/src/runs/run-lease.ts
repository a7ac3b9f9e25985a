import { PipelineError } from '@millrace/connector-sdk';

import type { Lease } from '../lease/lease.ts';
import {
  HEARTBEAT_MS,
  LEASE_MS,
  claimLease,
  heartbeatLease,
  leaseLost,
  releaseLease,
} from '../lease/lease.ts';
import { pidOf } from '../lease/process-identity.ts';
import type { Store } from '../store/open-store.ts';

/** The one right to run a pipeline, kept alive until it is disposed of. */
export interface HeldLease extends AsyncDisposable {
  readonly lease: Lease;
  /** Fires when the lease was lost (reason: the `fenced` error) or when the caller's signal fires. */
  readonly signal: AbortSignal;
}

/** The name of the lease without which nobody runs a pipeline. */
export function pipelineLease(pipeline: string): string {
  return `pipeline:${pipeline}`;
}

/** Takes the pipeline's lease and keeps it; `runActive` when another process has it. */
export async function holdPipeline(
  store: Store,
  pipeline: string,
  owner: string,
  signal: AbortSignal,
): Promise<HeldLease> {
  const claim = await claimLease(store, pipelineLease(pipeline), owner);
  if (claim.isGranted) return keepLease(store, claim.lease, signal);
  const { holder } = claim;
  const since = new Date(holder.acquiredAt).toISOString();
  const run = holder.runId === null ? 'A run' : `Run ${holder.runId}`;
  throw new PipelineError({
    code: 'runActive',
    blame: 'config',
    retry: { afterMs: Math.max(0, holder.expiresAt - holder.now) },
    message: `${run} of the pipeline "${pipeline}" is active since ${since}, in process ${pidOf(holder.owner)}. Wait for it, or end that process; this one did nothing.`,
  });
}

/** Keeps a lease alive by heartbeats until it is disposed of. */
export function keepLease(store: Store, lease: Lease, signal: AbortSignal): HeldLease {
  const lost = new AbortController();
  let beatAt = performance.now();
  const timer = setInterval(() => {
    const startedAt = performance.now();
    heartbeatLease(store, lease).then(
      () => {
        beatAt = startedAt;
      },
      (error: unknown) => {
        // A store that is busy or full for a moment is no loss yet; a lease that nobody prolonged in time is one.
        const isFenced = error instanceof PipelineError && error.code === 'fenced';
        if (isFenced) lost.abort(error);
        else if (performance.now() - beatAt > LEASE_MS) lost.abort(leaseLost(lease, error));
      },
    );
  }, HEARTBEAT_MS);
  return {
    lease,
    signal: AbortSignal.any([signal, lost.signal]),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      if (!lost.signal.aborted) await releaseLease(store, lease);
    },
  };
}
