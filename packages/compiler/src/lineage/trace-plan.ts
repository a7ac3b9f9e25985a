import { formatTableName } from '@millrace/spec';

import { titleRelation } from '../explain/title-relation.ts';
import { LANDING, STEPS, type LoadTask, type Plan } from '../plan.ts';
import type { ColumnDerivation, ColumnUse } from '../sql/sql-analyser.ts';

/** Rows with columns that a plan reads, makes or writes. */
export interface LineageRelation {
  readonly kind: 'source' | 'step' | 'destination';
  /** Null for steps. */
  readonly connection: string | null;
  /** `shop.orders`, or the name of the step. */
  readonly name: string;
}

export interface LineageColumn extends LineageRelation {
  readonly column: string;
}

/** One column that becomes another, or a part of it. */
export interface LineageEdge {
  readonly from: LineageColumn;
  readonly to: LineageColumn;
  readonly how: ColumnDerivation;
}

/** A column that decides about the rows of a step without being in them. */
export interface RowLineage {
  readonly from: LineageColumn;
  readonly to: LineageRelation;
  readonly how: ColumnUse;
}

/** Every column of a plan, and what becomes of it. */
export interface Lineage {
  readonly columns: readonly LineageColumn[];
  readonly edges: readonly LineageEdge[];
  readonly rows: readonly RowLineage[];
}

/** Follows each column of a plan from the sources through every step into the destinations. */
export function tracePlan({ tasks, steps }: Pick<Plan, 'tasks' | 'steps'>): Lineage {
  const columns = new Map<string, LineageColumn>();
  const edges: LineageEdge[] = [];
  const rows: RowLineage[] = [];
  const at = (relation: LineageRelation, column: string): LineageColumn => {
    const made = { ...relation, column };
    const id = columnId(made);
    const known = columns.get(id);
    if (known === undefined) columns.set(id, made);
    return known ?? made;
  };
  for (const task of tasks) {
    const [from, to] = endsOf(task);
    if (from.kind === 'step' && to.kind === 'step') continue;
    for (const { field, origin } of task.columns) {
      const target = at(to, field.name);
      if (origin.kind === 'source') edges.push({ from: at(from, origin.column), to: target, how: 'copied' });
    }
  }
  for (const { ref, columns: made, uses } of steps) {
    const relation = stepRelation(ref);
    for (const { name, from } of made) {
      const to = at(relation, name);
      for (const each of from)
        edges.push({ from: at(stepRelation(each.ref), each.column), to, how: each.how });
    }
    for (const use of uses)
      rows.push({ from: at(stepRelation(use.ref), use.column), to: relation, how: use.how });
  }
  return { columns: [...columns.values()], edges, rows };
}

/** Equal for the same column. */
export function columnId(column: LineageColumn): string {
  return JSON.stringify([column.kind, column.connection, column.name, column.column]);
}

export function isSameRelation(left: LineageRelation, right: LineageRelation): boolean {
  return left.kind === right.kind && left.connection === right.connection && left.name === right.name;
}

function stepRelation(ref: string): LineageRelation {
  return { kind: 'step', connection: null, name: titleRelation(ref) };
}

function endsOf({ source, destination }: LoadTask): readonly [LineageRelation, LineageRelation] {
  const { connection, table } = source;
  return [
    connection === STEPS
      ? stepRelation(table.table.name)
      : { kind: 'source', connection, name: formatTableName(table.table) },
    destination.connection === LANDING
      ? stepRelation(destination.table.name)
      : {
          kind: 'destination',
          connection: destination.connection,
          name: formatTableName(destination.table),
        },
  ];
}
