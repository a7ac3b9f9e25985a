import { LANDING, titleRelation, type LoadTask } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import type { LoadDecision } from '../load/decide-load.ts';
import type { Landing } from './landing.ts';

/**
 * What becomes of a load that would continue rows of this machine whose files are damaged: they are made again where
 * the source and the steps give exactly the same ones, else the load stops and says so.
 */
export async function landAgain(
  decided: LoadDecision,
  task: LoadTask,
  landing: Landing,
  pipeline: string,
): Promise<LoadDecision> {
  if (task.destination.connection !== LANDING || decided.kind === 'adopt') return decided;
  const damage = await landing.damage(task.destination.table.name);
  if (damage === undefined) return decided;
  if (!givesTheSame(task)) {
    if (decided.kind === 'full' && decided.publishMode === 'replace') return decided;
    throw cannotContinue(task, damage, pipeline);
  }
  return {
    kind: 'full',
    reason: `its rows on this machine are damaged, and all are made again: ${damage}`,
    publishMode: 'replace',
    isComplete: true,
  };
}

/** Rows that are gone at the source, but were to stay here, would be lost by reading again. */
function givesTheSame({ load, destination }: LoadTask): boolean {
  if (load.kind === 'incremental') return load.detectDeletes && destination.deletes !== 'soft';
  return load.kind !== 'newFiles' && destination.mode !== 'append';
}

function cannotContinue(task: LoadTask, damage: string, pipeline: string): PipelineError {
  const { name } = task.destination.table;
  return new PipelineError({
    code: 'checksumMismatch',
    blame: 'platform',
    retry: 'never',
    message:
      `${titleRelation(name)} cannot be continued, because its rows on this machine are damaged. ${damage} ` +
      'Put the file back from a copy, or read the table again, without rows that its source no longer has: ' +
      `millrace run ${pipeline} --full-refresh --tables ${name}`,
  });
}
