import { join } from 'node:path';

import type { LoadTask } from '@millrace/compiler';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { listPackages, packageFolder, toFolderName, type LoadPackage } from './package-store.ts';
import { packagesAsOf } from './retain-packages.ts';
import { writeState } from './write-state.ts';

/** More deltas than this over one base are merged into a new base, */
const MOST_DELTAS = 16;
/** and so are deltas that together are larger than this share of the base. */
const MOST_DELTA_SHARE = 0.5;
/** Small tables are not worth a rewrite for their share alone. */
const SMALL_BYTES = 16 * 1024 * 1024;

export interface CompactOptions {
  readonly database: () => Promise<StagingDatabase>;
  readonly task: LoadTask;
  readonly taskPath: string;
  /** The run that the destination shows. */
  readonly currentRunId: string;
  readonly scratchFolder: string;
}

/**
 * Merges the base and the deltas of the current state into a new base, when there are many. The old packages stay until
 * retention removes them. Returns the new base, if any.
 */
export async function compactPackages(
  options: CompactOptions,
  signal: AbortSignal,
): Promise<LoadPackage | undefined> {
  const { task, taskPath, currentRunId } = options;
  const chain = packagesAsOf(await listPackages(taskPath), currentRunId);
  const last = chain?.at(-1);
  if (chain === undefined || last === undefined || !isWorthwhile(chain)) return undefined;
  const { runId, attempt, createdAt, previousRunId } = last.manifest;
  return writeState(
    {
      database: await options.database(),
      task,
      packages: chain,
      folder: `${packageFolder(taskPath, runId, attempt)}.base`,
      scratchFolder: join(options.scratchFolder, 'compact', toFolderName(task.id)),
      as: { runId, attempt, createdAt, previousRunId },
    },
    signal,
  );
}

export function isWorthwhile(chain: readonly LoadPackage[]): boolean {
  const [base = 0, ...deltas] = chain.map(({ manifest }) =>
    manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
  );
  const deltaBytes = deltas.reduce((sum, size) => sum + size, 0);
  return deltas.length > MOST_DELTAS || deltaBytes > Math.max(SMALL_BYTES, base * MOST_DELTA_SHARE);
}
