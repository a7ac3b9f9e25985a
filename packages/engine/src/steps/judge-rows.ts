import { checkRelations, type CheckResult } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import { runChecks } from '../check/run-checks.ts';
import type { TableLoad } from '../load/table-load.ts';
import type { LoadPackage } from '../package/package-store.ts';
import { resolveFiles } from '../stage/manifest.ts';
import { StagingDatabase } from '../stage/staging-database.ts';

/**
 * Judges the rows of a table as they would be with a package that is not published yet, or as they are without one. Throws `checkFailed` when one of
 * its checks stops the load; the package is then never published.
 */
export async function judgeRows(
  load: TableLoad,
  finished: LoadPackage | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { task, session, emit } = load;
  if (task.checks === undefined) return;
  const plan = task.checks;
  const { landing, steps } = session;
  const table = task.destination.table.name;
  const dataset =
    finished === undefined ? await landing.dataset(table) : await landing.candidate(task, finished);
  const state = dataset?.stateSql();
  if (state === undefined) throw new RangeError(`The packages of ${table} do not lead to its state.`);
  const relations = new Map([[plan.ref, `(${state})`]]);
  for (const ref of checkRelations(plan)) {
    if (ref !== plan.ref) relations.set(ref, `(${await steps.rowsSql(ref)})`);
  }
  const decided = plan.split === null ? undefined : await landing.decisions(plan.split.decided);
  const history = await landing.measures(table);
  const changed = finished === undefined ? undefined : changedRows(finished);
  const database = await session.database();
  const outcome = await database.withConnection((connection) =>
    runChecks(
      connection,
      {
        plan,
        relations,
        ...(changed === undefined ? {} : { changed }),
        ...(decided === undefined ? {} : { decided: `(${decided})` }),
        fields: task.columns.map(({ field }) => field),
        history,
        now: BigInt(Date.now()) * 1000n,
      },
      signal,
    ),
  );
  emit({ type: 'tableChecked', task: task.id, step: plan.ref, results: outcome.results });
  if (outcome.isStopped) throw stopped(outcome.results);
  landing.noteMeasures(table, outcome.results);
}

/** What came with a delta; undefined where all rows are new, or none. */
function changedRows({ manifest, folder }: LoadPackage): string | undefined {
  const files = resolveFiles(folder, manifest.files).map((file) => file.path);
  return manifest.kind === 'delta' && files.length > 0 ? StagingDatabase.parquetOf(files) : undefined;
}

function stopped(results: readonly CheckResult[]): PipelineError {
  const failed = results.filter(({ action }) => action === 'stop').map(({ message }) => message);
  return new PipelineError({
    code: 'checkFailed',
    blame: 'source',
    retry: 'never',
    message: failed.join(' '),
  });
}
