import type { Plan, PlannedStep } from '../plan.ts';

/** A column of a relation of a plan. */
export interface RelationColumn {
  readonly ref: string;
  readonly column: string;
}

/** Columns of two tables whose rows belong together where they are equal. */
export interface JoinedColumns {
  readonly left: RelationColumn;
  readonly right: RelationColumn;
}

/**
 * Which columns of the tables that a plan reads are compared for equality by its joins and look-ups, followed back
 * through the steps that hand them on. Of a key of several columns each is a pair of its own.
 */
export function joinedSources({ steps }: Pick<Plan, 'steps'>): readonly JoinedColumns[] {
  const byRef = new Map(steps.map((step) => [step.ref, step]));
  const pairs = new Map<string, JoinedColumns>();
  for (const { inputs, incrementality } of steps) {
    if (incrementality.kind !== 'partitioned' || inputs.length < 2) continue;
    const [first, ...others] = inputs.map(({ alias, ref }) =>
      (incrementality.by[alias] ?? []).map(({ columns: [column, ...more] }) =>
        column === undefined || more.length > 0 ? [] : originsOf({ ref, column }, byRef),
      ),
    );
    for (const other of others) {
      for (const [index, lefts] of (first ?? []).entries()) {
        for (const left of lefts) {
          for (const right of other[index] ?? []) {
            if (left.ref !== right.ref) pairs.set(JSON.stringify([left, right]), { left, right });
          }
        }
      }
    }
  }
  return [...pairs.values()];
}

/** The columns of tables that a column is a copy of. */
function originsOf(
  column: RelationColumn,
  steps: ReadonlyMap<string, PlannedStep>,
): readonly RelationColumn[] {
  const step = steps.get(column.ref);
  if (step === undefined) return [column];
  const made = step.columns.find(({ name }) => name === column.column);
  return (made?.from ?? [])
    .filter(({ how }) => how === 'copied')
    .flatMap(({ ref, column: name }) => originsOf({ ref, column: name }, steps));
}
