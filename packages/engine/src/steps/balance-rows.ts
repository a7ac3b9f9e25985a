import { DECIDED, FAILED, LANDING, NO_DECISIONS, type CheckSplit, type LoadTask } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { parseStepReference } from '@millrace/spec';

import { bindRelations } from '../check/bind-relations.ts';
import type { TableLoad } from '../load/table-load.ts';
import type { LoadPackage } from '../package/package-store.ts';
import { resolveFiles } from '../stage/manifest.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import type { LandedDataset } from './dataset.ts';

/** Whether a task keeps the rows that the checks of a step set aside. */
export function keepsFailed({ destination }: LoadTask): boolean {
  return destination.connection === LANDING && destination.table.name.endsWith(`.${FAILED}`);
}

/**
 * Proves for a step whose checks set rows aside that every row is somewhere: it passed, is among those that are kept
 * aside, or was discarded. Of an incremental load, the rows that it brought. Throws `internal` when one is not; nothing
 * behind the step is published then.
 */
export async function balanceRows(load: TableLoad, finished: LoadPackage | undefined): Promise<void> {
  const { task, session, runId, emit } = load;
  if (!keepsFailed(task)) return;
  const { step } = parseStepReference(task.destination.table.name);
  const checked = session.plan.tasks.find(({ checks }) => checks?.split?.decided === `${step}.${DECIDED}`);
  const split = checked?.checks?.split;
  if (checked === undefined || split === undefined || split === null) return;
  const rows = await session.landing.landed(checked.destination.table.name);
  const brought = rows?.packageOf(runId);
  if (rows === undefined || (brought === undefined && finished === undefined)) return;
  const isAll = brought?.manifest.kind !== 'delta';
  const read = isAll ? stateOf(rows) : filesOf(brought);
  if (read === undefined) return;
  const failed =
    finished === undefined
      ? await session.landing.landed(task.destination.table.name)
      : await session.landing.candidate(task, finished);
  const counts = await countRows(load, split, step, read, failed, isAll);
  const { passed, setAside, discarded, kept } = counts;
  if (counts.rows !== passed + setAside + discarded || kept !== setAside) throw unbalanced(step, counts);
  if (isAll) session.steps.counter.note(step, passed);
  const parted = { rows: counts.rows, passed, setAside, discarded };
  emit({ type: 'rowsParted', task: task.id, step, ...parted, isAll });
}

interface RowCounts {
  readonly rows: number;
  readonly passed: number;
  readonly setAside: number;
  readonly discarded: number;
  /** Of the rows that are to be set aside, those that are. */
  readonly kept: number;
}

async function countRows(
  { session }: TableLoad,
  split: CheckSplit,
  step: string,
  rows: string,
  failed: LandedDataset | undefined,
  isAll: boolean,
): Promise<RowCounts> {
  const decided = await session.landing.decisions(split.decided);
  const relations = new Map([
    [step, rows],
    [split.decided, `(${decided ?? NO_DECISIONS})`],
  ]);
  for (const ref of split.relations) relations.set(ref, `(${await session.steps.rowsSql(ref)})`);
  const bind = (sql: string) => bindRelations(sql, [...relations.keys()], relations);
  const aside = failed === undefined ? undefined : stateOf(failed);
  const among = `SELECT count(*) FROM (${bind(split.failing)}) AS failing SEMI JOIN ${aside} AS kept ON failing."__millrace_row" = kept."__millrace_row"`;
  const keptSql = aside === undefined ? '0' : isAll ? `SELECT count(*) FROM ${aside}` : among;
  const database = await session.database();
  const [found] = await database.query(
    `SELECT * FROM (${bind(split.counts)}) AS counted, (SELECT CAST((${keptSql}) AS VARCHAR) AS kept)`,
  );
  const count = (name: string) => Number(found?.[name]);
  return {
    rows: count('rows'),
    passed: count('passed'),
    setAside: count('aside'),
    discarded: count('discarded'),
    kept: count('kept'),
  };
}

function stateOf(dataset: LandedDataset): string {
  const state = dataset.stateSql();
  if (state === undefined) throw new RangeError(`The packages of ${dataset.ref} do not lead to its state.`);
  return `(${state})`;
}

/** Undefined when it brought no rows. */
function filesOf(brought: LoadPackage): string | undefined {
  const files = resolveFiles(brought.folder, brought.manifest.files).map((file) => file.path);
  return files.length > 0 ? StagingDatabase.parquetOf(files) : undefined;
}

function unbalanced(step: string, { rows, passed, setAside, discarded, kept }: RowCounts): PipelineError {
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message:
      `${step}: of ${rows} rows ${passed} pass its checks, ${setAside} are to be set aside, ${kept} of them are, and ${discarded} were discarded, ` +
      'so that some would be lost or doubled. Nothing of it was published. This is a defect of Millrace; please report it.',
  });
}
