import type { LoadTask, PlannedStep } from '@millrace/compiler';
import { formatLogicalType } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { LoadPackage } from '../package/package-store.ts';
import { packagesAsOf } from '../package/retain-packages.ts';
import { tableState } from '../package/table-state-sql.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/**
 * The rows of a step as a run published them, under the names and types of its columns: what its load packages hold, when
 * they hold exactly what the step gave. To look them up costs less than to compute them as they were.
 */
export function publishedRows(
  task: LoadTask,
  step: PlannedStep,
  packages: readonly LoadPackage[],
  runId: string,
): string | undefined {
  const { mode, deletes } = task.destination;
  const chain = packagesAsOf(packages, runId);
  if (chain === undefined || mode !== 'merge' || deletes !== 'hard') return undefined;
  // What was refused, or written twice under one key, is missing in them.
  if (chain.some(({ manifest }) => manifest.rowsSent !== manifest.rows)) return undefined;
  const { fields, sql } = tableState(task, chain);
  const types = new Map(fields.map(({ name, type }) => [name, formatLogicalType(type)]));
  const columns = step.columns.flatMap(({ name, field }) => {
    const written = task.columns.find(({ origin }) => origin.kind === 'source' && origin.column === name);
    if (written === undefined || types.get(written.field.name) !== formatLogicalType(field.type)) return [];
    return [`CAST(${quote(written.field.name)} AS ${duckdbType(field.type)}) AS ${quote(name)}`];
  });
  return columns.length === step.columns.length ? `SELECT ${columns.join(', ')} FROM (${sql})` : undefined;
}

/** The columns of a step that hold the values by which it falls into parts, in their order; undefined when some are not there. */
export function partColumns({ inputs, incrementality, columns }: PlannedStep): readonly string[] | undefined {
  const [input] = inputs;
  if (incrementality.kind !== 'partitioned' || input === undefined || inputs.length > 1) return undefined;
  const parts = incrementality.by[input.alias] ?? [];
  const held = parts.flatMap(({ sql }) => {
    const column = columns.find(({ from }) => {
      const [only, ...more] = from;
      if (only === undefined || more.length > 0 || only.how !== 'copied') return false;
      return sql === quote(only.column) || sql === `(${quote(only.column)})`;
    });
    return column === undefined ? [] : [column.name];
  });
  return held.length === parts.length ? held : undefined;
}
