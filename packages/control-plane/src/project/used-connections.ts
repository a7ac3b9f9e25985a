import type { PipelineDocument } from '@millrace/spec';

/** The connections that a pipeline names, each once, in the order of its steps. */
export interface UsedConnections {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export function usedConnections({ steps }: PipelineDocument): UsedConnections {
  const reads = new Set<string>();
  const writes = new Set<string>();
  for (const step of Object.values(steps)) {
    if ('source' in step) reads.add(step.source.connection);
    else if ('destination' in step) writes.add(step.destination.connection);
    else if ('replicate' in step) {
      reads.add(step.replicate.from);
      writes.add(step.replicate.into.connection);
    }
  }
  return { reads: [...reads], writes: [...writes] };
}
