import { titleRelation, type LoadTask } from '@millrace/compiler';
import { PipelineError, type PublicationRecord, type PublishedTable } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import type { LoadDecision } from '../load/decide-load.ts';
import { readLoadPosition } from '../load/load-position.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';
import { originOf } from './origin-of.ts';
import { readStepsPosition } from './steps-position.ts';
import type { StepsSource } from './steps-source.ts';

export interface DecideStepsOptions {
  readonly task: LoadTask;
  readonly published: PublishedTable | undefined;
  readonly source: StepsSource;
  readonly database: () => Promise<StagingDatabase>;
}

/**
 * Whether the rows of a step can be brought up to date by what changed in those it reads. `decided` is what all loads
 * have in common: it says so when everything has to be read.
 */
export async function decideSteps(
  decided: LoadDecision,
  options: DecideStepsOptions,
  signal: AbortSignal,
): Promise<LoadDecision> {
  const { task, published, source } = options;
  const record = published?.record;
  if (decided.kind !== 'steps' || task.load.kind !== 'steps' || record === undefined || record === null)
    return decided;
  const reason = await reasonForAll(options, record);
  if (reason === undefined) return decided;
  if (task.destination.mode === 'append') throw cannotAppend(task, reason);
  return completeLoad(task, reason);

  async function reasonForAll(
    { database }: DecideStepsOptions,
    { position: saved, runId }: PublicationRecord,
  ): Promise<string | undefined> {
    const position = readLoadPosition(saved);
    const before = position && readStepsPosition(position.source);
    if (before === undefined || task.load.kind !== 'steps') return 'its saved position cannot be read';
    if (before.definition !== source.definitionOf(task)) return 'the steps that make it changed';
    const [missing] = await source.missingDatasets(task);
    if (missing !== undefined)
      return `the rows of ${titleRelation(missing)} that it is made of are gone from this machine, and are read again first`;
    const now = await source.position(task);
    if (JSON.stringify(now) === JSON.stringify(before)) {
      await source.changes(task, now, undefined, signal);
      return undefined;
    }
    const { key, mode } = task.destination;
    if (mode === 'replace')
      return key.length === 0
        ? 'it has no key by which single rows could be replaced'
        : `single rows of ${task.destination.connector} cannot be replaced`;
    const changes = await source.changes(task, before, runId, signal);
    if (changes.kind === 'whole') return changes.reason;
    if (changes.kind === 'none' || mode === 'append') return undefined;
    const isNull = key.map((column) => `${originOf(task, column)} IS NULL`).join(' OR ');
    const [nulls] = await (
      await database()
    ).query(
      `SELECT count(*) AS nulls FROM (SELECT * FROM ${changes.plus} UNION ALL SELECT * FROM ${changes.minus}) WHERE ${isNull}`,
    );
    return Number(nulls?.['nulls']) > 0 ? 'its key holds NULL, which finds no row' : undefined;
  }
}

/** Whether a table that is exactly the result of its steps was made by other steps than those of now. */
export function isRedefined(
  task: LoadTask,
  published: PublishedTable | undefined,
  source: StepsSource,
): boolean {
  const record = published?.record;
  if (task.load.kind !== 'steps' || !task.load.isReplaced || record === undefined || record === null)
    return false;
  const position = readLoadPosition(record.position);
  return (position && readStepsPosition(position.source))?.definition !== source.definitionOf(task);
}

/** Everything again: built anew where the table is to be exactly the result, else compared with what is there. */
export function completeLoad(task: LoadTask, reason: string): LoadDecision {
  const isReplaced = task.load.kind === 'steps' && task.load.isReplaced;
  return {
    kind: 'full',
    reason,
    publishMode: isReplaced ? 'replace' : task.destination.mode,
    isComplete: !isReplaced,
  };
}

/** To append everything again would double what is there. */
function cannotAppend(task: LoadTask, reason: string): PipelineError {
  return new PipelineError({
    code: 'positionLost',
    blame: 'config',
    retry: 'never',
    message:
      `Rows cannot be added to ${formatTableName(task.destination.table)}: ${reason}. ` +
      'Run again with --full-refresh to build the table anew, or use write: replace or merge.',
  });
}
