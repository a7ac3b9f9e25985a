import { formatLogicalType, isSameLogicalType, widenLogicalType, type Field } from '@millrace/spec';

import { LANDING, STEPS, type LoadMode, type LoadTask, type Plan, type PlannedStep } from '../plan.ts';
import { titleRelation } from './title-relation.ts';
import { titleTask } from './title-task.ts';

/** What is different between two plans of a pipeline, for the person who edited it. */
export interface PlanChanges {
  readonly steps: readonly StepChange[];
  readonly tables: readonly TableChange[];
}

export interface StepChange {
  readonly name: string;
  /** `followed`: it is as it was, but what it reads is not. */
  readonly kind: 'added' | 'removed' | 'changed' | 'followed';
  /** The nearest steps or tables before it that changed themselves. */
  readonly because: readonly string[];
  readonly columns: readonly ColumnChange[];
}

export type ColumnChange =
  | { readonly kind: 'added'; readonly column: string; readonly type: string }
  | { readonly kind: 'removed'; readonly column: string; readonly type: string }
  | {
      readonly kind: 'retyped';
      readonly column: string;
      readonly before: string;
      readonly after: string;
      /** Every value of the old type is one of the new. */
      readonly isWider: boolean;
    }
  | { readonly kind: 'nullable'; readonly column: string };

/** A published table and what becomes of it. */
export interface TableChange {
  readonly task: string;
  readonly connection: string;
  readonly table: string;
  readonly kind: 'added' | 'left' | 'changed';
  /** Every row is made again: the steps behind it changed, or how it is read. */
  readonly isRecomputed: boolean;
  /** A query that reads the table may fail, or mean something else. */
  readonly isBreaking: boolean;
  /** In words, beside those of columns. */
  readonly reasons: readonly string[];
  readonly columns: readonly ColumnChange[];
}

/** Compares the plan of the last run with one of now. What is the same in both is not mentioned. Pure. */
export function comparePlans(before: Plan, after: Plan): PlanChanges {
  const changed = new Set<string>();
  for (const { ref, fields } of landedTables(after)) {
    const old = landedTables(before).find((table) => table.ref === ref);
    if (old === undefined || compareColumns(old.fields, fields).length > 0) changed.add(ref);
  }
  const old = byRef(before);
  const steps = after.steps.flatMap((step): readonly StepChange[] => {
    const { ref } = step;
    const was = old.get(ref);
    const columns = compareColumns(fieldsOf(was), fieldsOf(step));
    if (was === undefined || isEdited(was, step)) changed.add(ref);
    const name = titleRelation(ref);
    if (was === undefined) return [{ name, kind: 'added', because: [], columns: [] }];
    if (changed.has(ref)) return [{ name, kind: 'changed', because: [], columns }];
    if (was.fingerprint === step.fingerprint && columns.length === 0) return [];
    const because = nearestChanged(step, byRef(after), changed).map(titleRelation);
    return [{ name, kind: 'followed', because, columns }];
  });
  const kept = byRef(after);
  const removed = before.steps
    .filter(({ ref }) => !kept.has(ref))
    .map(({ ref }): StepChange => ({ name: titleRelation(ref), kind: 'removed', because: [], columns: [] }));
  return { steps: [...steps, ...removed], tables: compareTables(before, after) };
}

function compareTables(before: Plan, after: Plan): readonly TableChange[] {
  const published = ({ tasks }: Plan) =>
    new Map(
      tasks
        .filter(({ destination }) => destination.connection !== LANDING)
        .map((task) => [JSON.stringify([task.destination.connection, task.destination.table]), task]),
    );
  const [old, now] = [published(before), published(after)];
  const changes: TableChange[] = [];
  for (const [id, task] of now) {
    const was = old.get(id);
    const about = { task: task.id, connection: task.destination.connection, table: titleTask(task).table };
    if (was === undefined) {
      changes.push({
        ...about,
        kind: 'added',
        isRecomputed: true,
        isBreaking: false,
        reasons: [],
        columns: [],
      });
      continue;
    }
    const columns = compareColumns(columnsOf(was), columnsOf(task));
    const { reasons, isBreaking } = compareWrites(was, task);
    const isRecomputed = isReadAnew(was.load, task.load);
    if (columns.length === 0 && reasons.length === 0 && !isRecomputed) continue;
    const breaks = isBreaking || columns.some(breaksReaders);
    changes.push({ ...about, kind: 'changed', isRecomputed, isBreaking: breaks, reasons, columns });
  }
  for (const [id, task] of old) {
    if (now.has(id)) continue;
    const about = { task: task.id, connection: task.destination.connection, table: titleTask(task).table };
    const reasons = ['nothing writes it any more; it stays as it is'];
    changes.push({ ...about, kind: 'left', isRecomputed: false, isBreaking: true, reasons, columns: [] });
  }
  return changes;
}

function compareWrites(
  { destination: before, source: from }: LoadTask,
  { destination: after, source: to }: LoadTask,
): { readonly reasons: readonly string[]; readonly isBreaking: boolean } {
  const reasons: string[] = [];
  const isModeOther = before.mode !== after.mode;
  const isKeyOther = before.key.join('\0') !== after.key.join('\0');
  if (isModeOther) reasons.push(`write is ${after.mode}, before ${before.mode}`);
  if (isKeyOther) reasons.push(`the key is (${after.key.join(', ')}), before (${before.key.join(', ')})`);
  const [was, is] = [from, to].map(({ connection, table }) => `${connection}:${JSON.stringify(table.table)}`);
  if (was !== is) reasons.push('its rows come from elsewhere');
  return { reasons, isBreaking: isModeOther || isKeyOther };
}

function isReadAnew(before: LoadMode, after: LoadMode): boolean {
  if (before.kind === 'steps' && after.kind === 'steps') return before.fingerprint !== after.fingerprint;
  if (before.kind === 'incremental' && after.kind === 'incremental') return before.cursor !== after.cursor;
  return before.kind !== after.kind;
}

/** A wider type, a new column and a column that may be NULL break no query by themselves. */
function breaksReaders(change: ColumnChange): boolean {
  return change.kind === 'removed' || (change.kind === 'retyped' && !change.isWider);
}

function compareColumns(before: readonly Field[], after: readonly Field[]): readonly ColumnChange[] {
  const old = new Map(before.map((field) => [field.name, field]));
  const now = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap(({ name, type, nullable }): readonly ColumnChange[] => {
      const was = old.get(name);
      if (was === undefined) return [{ kind: 'added', column: name, type: formatLogicalType(type) }];
      if (!isSameLogicalType(was.type, type)) {
        const wider = widenLogicalType(was.type, type);
        return [
          {
            kind: 'retyped',
            column: name,
            before: formatLogicalType(was.type),
            after: formatLogicalType(type),
            isWider: wider !== undefined && isSameLogicalType(wider, type),
          },
        ];
      }
      return nullable && !was.nullable ? [{ kind: 'nullable', column: name }] : [];
    }),
    ...before
      .filter(({ name }) => !now.has(name))
      .map(({ name, type }): ColumnChange => ({
        kind: 'removed',
        column: name,
        type: formatLogicalType(type),
      })),
  ];
}

/** The step says something else, whatever became of the rows that it reads. */
function isEdited(before: PlannedStep, after: PlannedStep): boolean {
  const meaning = (step: PlannedStep) =>
    JSON.stringify([step.sql, step.inputs, step.maskKey ?? '', meaningOfCode(step)]);
  return meaning(before) !== meaning(after);
}

/** Types of columns that are only copied come from what the step reads. */
function meaningOfCode({ code, columns }: PlannedStep): readonly unknown[] {
  if (code === undefined) return [];
  const { source, mode, reads, returns } = code;
  const made = columns.map(({ name, field }) => (returns.includes(name) ? field : name));
  return [source, mode, reads.map(({ name }) => name), made];
}

function nearestChanged(
  step: PlannedStep,
  steps: ReadonlyMap<string, PlannedStep>,
  changed: ReadonlySet<string>,
): readonly string[] {
  const pending = new Set(step.inputs.map(({ ref }) => ref));
  const found: string[] = [];
  for (const ref of pending) {
    if (changed.has(ref)) found.push(ref);
    else for (const input of steps.get(ref)?.inputs ?? []) pending.add(input.ref);
  }
  return found;
}

/** Sources whose rows are kept here for steps. */
function landedTables({
  tasks,
}: Plan): readonly { readonly ref: string; readonly fields: readonly Field[] }[] {
  return tasks
    .filter(({ source, destination }) => source.connection !== STEPS && destination.connection === LANDING)
    .map((task) => ({ ref: task.destination.table.name, fields: columnsOf(task) }));
}

function byRef({ steps }: Plan): ReadonlyMap<string, PlannedStep> {
  return new Map(steps.map((step) => [step.ref, step]));
}

function fieldsOf(step: PlannedStep | undefined): readonly Field[] {
  return step?.columns.map(({ field }) => field) ?? [];
}

function columnsOf({ columns }: LoadTask): readonly Field[] {
  return columns.map(({ field }) => field);
}
