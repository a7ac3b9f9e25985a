import { availableParallelism } from 'node:os';

import type { RunLimits } from '@millrace/engine';
import { parseSize } from '@millrace/spec';
import type { ProjectDocument } from '@millrace/spec';

/** For staging; reading and publishing have their own, smaller buffers. */
const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** Of one table; the past of larger ones is one state. */
const DEFAULT_KEEP_BYTES = 8 * 1024 * 1024 * 1024;

/** What a run may use: as the environment says, else the project, else for the machine at hand. */
export function runLimits(project: ProjectDocument, environment: string | undefined): RunLimits {
  const here = environment === undefined ? undefined : project.environments?.[environment];
  const limits = { ...project.limits, ...here?.limits };
  const retention = { ...project.retention, ...here?.retention };
  const threads = availableParallelism();
  return {
    parallelTables: limits.parallelTables ?? Math.max(4, Math.min(8, threads)),
    memoryBytes: parseSize(limits.memory ?? '') ?? DEFAULT_MEMORY_BYTES,
    threads,
    keepPackages: retention.packages ?? 3,
    keepBytes: parseSize(retention.size ?? '') ?? DEFAULT_KEEP_BYTES,
    maxTries: 5,
  };
}
