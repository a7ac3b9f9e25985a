import { compareText, formatTableName, type Field } from '@millrace/spec';
import { layoutSql } from '@millrace/sql';

import { LANDING, STEPS, type LoadTask, type Plan, type PlannedCode, type PlannedStep } from '../plan.ts';
import { explainIncrementality } from './explain-incrementality.ts';
import { schemaChanges, type SchemaChange } from './schema-changes.ts';
import { titleRelation } from './title-relation.ts';

/** A plan with steps as people read it: what is read, what is made of it, what is written. */
export interface PlanOutline {
  readonly read: readonly OutlinedRead[];
  readonly steps: readonly OutlinedStep[];
  readonly write: readonly OutlinedWrite[];
}

export interface OutlinedRead {
  readonly task: string;
  readonly connection: string;
  readonly table: string;
  /** Steps that read its rows, which stay on this machine for them; empty when they go straight into a table. */
  readonly keptFor: readonly string[];
  /** The table that is written, with its connection; null when the rows are kept for steps. */
  readonly into: string | null;
}

export interface OutlinedStep {
  readonly name: string;
  /** `checks` for rows that the checks of a step let pass or set aside. */
  readonly verb: string;
  readonly from: readonly string[];
  /** `changed rows only`; `from all rows, because …`. */
  readonly follows: string;
  /** Why its rows stay on this machine; null when they are computed within what reads them. */
  readonly keptBecause: string | null;
  /** The task that keeps them. */
  readonly task: string | null;
  /** Who reads it: steps and destination tables. */
  readonly readBy: readonly string[];
  readonly key: readonly string[];
  readonly columns: readonly Field[];
  readonly changes: readonly SchemaChange[];
  readonly sql: string;
  /** The function that the rows of `sql` go through; null for most steps. */
  readonly code: OutlinedCode | null;
  readonly notes: readonly string[];
}

export interface OutlinedCode {
  readonly file: string;
  readonly mode: 'rows' | 'batches';
  readonly reads: readonly string[];
  readonly returns: readonly string[];
}

export interface OutlinedWrite {
  readonly task: string;
  readonly from: string;
  readonly into: string;
  readonly mode: string;
  readonly key: readonly string[];
}

export function outlinePlan({ tasks, steps }: Pick<Plan, 'tasks' | 'steps'>): PlanOutline {
  const fields = new Map<string, readonly Field[]>(
    steps.map(({ ref, columns }) => [ref, columns.map(({ field }) => field)]),
  );
  const keeps = new Map<string, LoadTask>();
  const readers = new Map<string, string[]>();
  const addReader = (ref: string, reader: string): void => {
    readers.set(ref, [...(readers.get(ref) ?? []), reader]);
  };
  for (const task of tasks) {
    const isKept = task.destination.connection === LANDING;
    const { name } = task.source.table.table;
    if (task.source.connection === STEPS) {
      if (isKept) keeps.set(name, task);
      else addReader(name, intoOf(task));
    } else if (isKept)
      fields.set(
        task.destination.table.name,
        task.columns.map(({ field }) => field),
      );
  }
  for (const { ref, inputs } of steps) for (const input of inputs) addReader(input.ref, titleRelation(ref));
  const readersOf = (ref: string) => [...new Set(readers.get(ref) ?? [])].toSorted(compareText);
  const outline = (step: PlannedStep): OutlinedStep => ({
    name: titleRelation(step.ref),
    verb: step.verb ?? 'checks',
    from: [...new Set(readOf(step).map(({ ref }) => titleRelation(ref)))],
    follows: explainIncrementality(step),
    keptBecause: step.keptBecause,
    task: keeps.get(step.ref)?.id ?? null,
    readBy: readersOf(step.ref),
    key: step.key,
    columns: fields.get(step.ref) ?? [],
    changes: schemaChanges(step, (ref) => fields.get(ref) ?? []),
    sql: layoutSql(step.sql),
    code: step.code === undefined ? null : outlineCode(step.code),
    notes: step.notes ?? [],
  });
  const reads = tasks.filter(({ source }) => source.connection !== STEPS);
  const writes = tasks.filter(
    ({ source, destination }) => source.connection === STEPS && destination.connection !== LANDING,
  );
  return {
    read: reads.map((task) => ({
      task: task.id,
      connection: task.source.connection,
      table: formatTableName(task.source.table.table),
      keptFor: task.destination.connection === LANDING ? readersOf(task.destination.table.name) : [],
      into: task.destination.connection === LANDING ? null : intoOf(task),
    })),
    steps: steps.map(outline),
    write: writes.map((task) => ({
      task: task.id,
      from: titleRelation(task.source.table.table.name),
      into: intoOf(task),
      mode: task.destination.mode,
      key: task.destination.key,
    })),
  };
}

function outlineCode({ file, mode, reads, returns }: PlannedCode): OutlinedCode {
  return { file, mode, reads: reads.map(({ name }) => name), returns };
}

/** What people decided about rows is no step. */
function readOf({ inputs, decisions }: PlannedStep): PlannedStep['inputs'] {
  return inputs.filter(({ ref }) => ref !== decisions);
}

function intoOf({ destination }: LoadTask): string {
  return `${destination.connection}:${formatTableName(destination.table)}`;
}
