import { availableParallelism } from 'node:os';

import type { RunLimits } from '@millrace/engine';
import type { ProjectDocument } from '@millrace/spec';

/** For staging; reading and publishing have their own, smaller buffers. */
const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** What a run may use, as the project says, else for the machine at hand. `memoryBytes` is `limits.memory`. */
export function runLimits(project: ProjectDocument, memoryBytes: number | undefined): RunLimits {
  const threads = availableParallelism();
  return {
    parallelTables: project.limits?.parallelTables ?? Math.max(4, Math.min(8, threads)),
    memoryBytes: memoryBytes ?? DEFAULT_MEMORY_BYTES,
    threads,
    keepPackages: project.retention?.packages ?? 3,
    maxTries: 5,
  };
}
