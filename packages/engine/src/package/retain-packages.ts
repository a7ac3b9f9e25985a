import { listPackages, removeFolder, type LoadPackage } from './package-store.ts';

/**
 * The packages that make up the state of a table as of a run: the last full one before it and the deltas since, in
 * order. Undefined when one of them is gone.
 */
export function packagesAsOf(
  packages: readonly LoadPackage[],
  runId: string,
): readonly LoadPackage[] | undefined {
  const { chain, missingRunId } = followChain(packages, runId);
  return missingRunId === undefined ? chain : undefined;
}

/** The run whose package is not among those that make up the state as of `runId`; undefined when all are there. */
export function runThatIsMissing(packages: readonly LoadPackage[], runId: string): string | undefined {
  return followChain(packages, runId).missingRunId;
}

function followChain(
  packages: readonly LoadPackage[],
  runId: string,
): { readonly chain: readonly LoadPackage[]; readonly missingRunId?: string } {
  const byRun = new Map<string, LoadPackage>();
  for (const one of packages) {
    const known = byRun.get(one.manifest.runId);
    // A later attempt wrote its package because the earlier one's was never published; a compacted base replaces its delta.
    if (known === undefined || known.manifest.kind === 'delta' || one.manifest.kind === 'full')
      byRun.set(one.manifest.runId, one);
  }
  const chain: LoadPackage[] = [];
  for (let next = runId; ;) {
    const found = byRun.get(next);
    if (found === undefined || chain.includes(found)) return { chain, missingRunId: next };
    chain.unshift(found);
    if (found.manifest.kind === 'full') return { chain };
    const { previousRunId } = found.manifest;
    if (previousRunId === null) return { chain, missingRunId: next };
    next = previousRunId;
  }
}

/** The deltas that lead from the state of one run to that of a later one, in order; undefined when one of them is gone. */
export function packagesBetween(
  packages: readonly LoadPackage[],
  fromRunId: string,
  toRunId: string,
): readonly LoadPackage[] | undefined {
  const deltas = new Map<string, LoadPackage>();
  for (const one of packages) if (one.manifest.kind === 'delta') deltas.set(one.manifest.runId, one);
  const between: LoadPackage[] = [];
  for (let runId = toRunId; runId !== fromRunId;) {
    const found = deltas.get(runId);
    if (found === undefined || between.includes(found)) return undefined;
    between.unshift(found);
    const { previousRunId } = found.manifest;
    if (previousRunId === null) return undefined;
    runId = previousRunId;
  }
  return between;
}

/** How much of the past of a table is kept beyond what its current state needs. */
export interface Retention {
  readonly states: number;
  /** Earlier states go, the oldest first, while what only they need takes more than this. */
  readonly sizeBytes: number;
  /** So many of them stay whatever they take: others compare the current state with them. */
  readonly compared: number;
}

/**
 * Removes the packages that neither the current state nor the states to keep need. Packages of runs that were never
 * published go too.
 */
export async function retainPackages(
  taskPath: string,
  currentRunId: string,
  keep: Retention,
): Promise<readonly string[]> {
  const packages = await listPackages(taskPath);
  const needed = new Set<LoadPackage>();
  let runId: string | null = currentRunId;
  let pastBytes = 0;
  for (let states = 0; states <= keep.states && runId !== null; states++) {
    const chain = packagesAsOf(packages, runId);
    if (chain === undefined) break;
    const more = chain.filter((one) => !needed.has(one));
    if (states > 0) pastBytes += more.reduce((sum, one) => sum + sizeOf(one), 0);
    if (states > keep.compared && pastBytes > keep.sizeBytes) break;
    for (const one of more) needed.add(one);
    runId = chain.at(-1)?.manifest.previousRunId ?? null;
  }
  // Without the current state on disk nothing is known to be useless.
  if (needed.size === 0) return [];
  const removed = packages.filter((one) => !needed.has(one)).map((one) => one.folder);
  for (const folder of removed) await removeFolder(folder);
  return removed;
}

function sizeOf({ manifest }: LoadPackage): number {
  return [...manifest.files, ...manifest.deletedKeys].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
