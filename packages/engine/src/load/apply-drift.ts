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
import { formatLogicalType, type Edit, type Field, type SourceTable } from '@millrace/spec';

import type { DriftedColumn, SchemaDrift } from '../run/run-event.ts';
import { fingerprintSchema } from './fingerprint-schema.ts';

export interface DriftOptions {
  readonly planned: LoadTask;
  /** The source table as it is now. */
  readonly current: SourceTable;
  /** The destination table as it is now. */
  readonly published: PublishedTable | undefined;
  readonly target: ColumnTarget;
  readonly isFullRefresh: boolean;
  readonly onDrift?: (drift: SchemaDrift) => void;
}

export interface AppliedDrift {
  /** The task as it must run now. */
  readonly task: LoadTask;
  /** What the destination has to change before the rows fit. */
  readonly changes: readonly SchemaChange[];
  /** Every difference to the plan in words. */
  readonly differences: readonly string[];
}

/**
 * Plans a task again by its contract where source or destination changed. Throws `schemaDrift` where it says freeze, and
 * `tablePaused` where the table is to wait; `onDrift` hears of the change before.
 */
export function applyDrift({
  planned,
  current,
  published,
  target,
  isFullRefresh,
  onDrift = () => {},
}: DriftOptions): AppliedDrift {
  const isKept = published?.record !== undefined && published.record !== null && !isFullRefresh;
  const before = isKept ? published.fields : planned.columns.map(({ field }) => field);
  const results: DriftResult[] = [];
  const follow = (result: DriftResult): DriftResult => {
    results.push(result);
    if (result.violations.length + result.pauses.length > 0) tell();
    return refuseViolations(result);
  };
  const tell = (): void => {
    const changes = results.flatMap((result) => [
      ...result.changes.map(formatDrift),
      ...result.violations,
      ...result.pauses,
    ]);
    if (changes.length === 0) return;
    onDrift({
      changes: [...new Set(changes)],
      before: before.map(describeColumn),
      after: current.fields.map(describeColumn),
      edits: distinctEdits(results.flatMap(({ edits }) => edits)),
    });
  };
  const followed = follow(applyContract(planned, current, target));
  const fingerprint = fingerprintSchema(followed.task);
  const isSame = !isKept || published.record.schemaFingerprint === fingerprint;
  const reconciled = isSame
    ? undefined
    : follow(reconcileDestination(followed.task, published.fields, target));
  tell();
  const atDestination = reconciled?.changes ?? [];
  const task = reconciled?.task ?? followed.task;
  return {
    task,
    changes: task.destination.mode === 'replace' ? [] : atDestination.filter(isSchemaChange),
    differences: [...new Set([...followed.changes, ...atDestination].map(formatDrift))],
  };
}

function describeColumn({ name, type, nullable }: Field): DriftedColumn {
  return { name, type: formatLogicalType(type), nullable };
}

/** Several columns can ask for the same. */
function distinctEdits(edits: readonly Edit[]): readonly Edit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
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
