import {
  applyContract,
  formatDrift,
  reconcileDestination,
  type ColumnTarget,
  type Drift,
  type DriftResult,
  type LoadTask,
} from '@millrace/compiler';
import { PipelineError, type PublishedTable, type SchemaChange } from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import { fingerprintSchema } from './fingerprint-schema.ts';

export interface DriftOptions {
  readonly planned: LoadTask;
  /** The source table as it is now. */
  readonly current: SourceTable;
  /** The destination table as it is now. */
  readonly published: PublishedTable | undefined;
  readonly target: ColumnTarget;
  readonly isFullRefresh: boolean;
}

export interface AppliedDrift {
  /** The task as it must run now. */
  readonly task: LoadTask;
  /** What the destination has to change before the rows fit. */
  readonly changes: readonly SchemaChange[];
  /** Every difference to the plan in words. */
  readonly differences: readonly string[];
}

/** Plans a task again by its contract where source or destination changed. Throws `schemaDrift` where it says stop. */
export function applyDrift({
  planned,
  current,
  published,
  target,
  isFullRefresh,
}: DriftOptions): AppliedDrift {
  const followed = refuseViolations(applyContract(planned, current, target));
  const isKept = published?.record !== undefined && published.record !== null && !isFullRefresh;
  const fingerprint = fingerprintSchema(followed.task);
  if (!isKept || published.record.schemaFingerprint === fingerprint)
    return apply(followed.task, followed.changes, []);
  const reconciled = refuseViolations(reconcileDestination(followed.task, published.fields, target));
  return apply(reconciled.task, followed.changes, reconciled.changes);
}

function apply(task: LoadTask, atSource: readonly Drift[], atDestination: readonly Drift[]): AppliedDrift {
  const differences = new Set([...atSource, ...atDestination].map(formatDrift));
  return {
    task,
    changes: task.destination.mode === 'replace' ? [] : atDestination.filter(isSchemaChange),
    differences: [...differences],
  };
}

function isSchemaChange(drift: Drift): drift is Extract<Drift, SchemaChange> {
  return drift.kind === 'addColumn' || drift.kind === 'widenColumn' || drift.kind === 'dropNotNull';
}

function refuseViolations(result: DriftResult): DriftResult {
  if (result.violations.length === 0 && result.pauses.length > 0)
    throw new PipelineError({
      code: 'tablePaused',
      blame: 'source',
      retry: 'never',
      message: `${result.pauses.join(' ')} The table waits; what was published stays.`,
    });
  if (result.violations.length === 0) return result;
  throw new PipelineError({
    code: 'schemaDrift',
    blame: 'source',
    retry: 'never',
    message: `${result.violations.join(' ')} Nothing was written.`,
  });
}
