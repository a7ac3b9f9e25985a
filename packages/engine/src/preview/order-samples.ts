import type { JoinedColumns, LoadTask, RelationColumn } from '@millrace/compiler';

/** A table to sample, and how its rows are found. */
export interface SampleStep {
  readonly task: LoadTask;
  /** Rows that belong to those of a table before; null for any rows. */
  readonly matching: { readonly column: string; readonly partner: RelationColumn } | null;
  /** Why rows without partners may come; null when that cannot be. */
  readonly note: string | null;
}

/** Types whose text every source reads as a value of its own. */
const MATCHED_KINDS: ReadonlySet<string> = new Set(['integer', 'decimal', 'string', 'uuid', 'date']);

/**
 * In which order tables are sampled so that joins of the samples have rows: first the side that has many rows for one
 * of the other, then each table by the values that its partners have. Only indexes are asked for values: anything else
 * would read the whole table.
 */
export function orderSamples(
  tasks: readonly LoadTask[],
  pairs: readonly JoinedColumns[],
  maxRows: number,
): readonly SampleStep[] {
  const waiting = new Map(tasks.map((task) => [refOf(task), task]));
  const sides = pairs.flatMap(({ left, right }) => [
    { own: left, partner: right },
    { own: right, partner: left },
  ]);
  const steps: SampleStep[] = [];
  const done = new Set<string>();
  const add = (task: LoadTask, matching: SampleStep['matching'], note: string | null): void => {
    steps.push({ task, matching, note });
    done.add(refOf(task));
    waiting.delete(refOf(task));
  };
  while (waiting.size > 0) {
    const linked = sides.filter(({ own, partner }) => waiting.has(own.ref) && done.has(partner.ref));
    const found =
      linked.find(
        ({ own }) =>
          isFindable(waiting.get(own.ref), own.column) && isOnlyKey(waiting.get(own.ref), own.column),
      ) ?? linked.find(({ own }) => isFindable(waiting.get(own.ref), own.column));
    const task = found && waiting.get(found.own.ref);
    if (task !== undefined && found !== undefined) {
      // A table that is read to its end has every partner there is.
      const isSmall = (task.source.table.estimatedRows ?? Infinity) <= maxRows / 2;
      add(task, isSmall ? null : { column: found.own.column, partner: found.partner }, null);
      continue;
    }
    const [first] = [...waiting.values()].toSorted((left, right) => rank(right, sides) - rank(left, sides));
    if (first === undefined) break;
    const lost = linked.find(({ own }) => own.ref === refOf(first));
    add(
      first,
      null,
      lost === undefined
        ? null
        : `its rows are any, because ${lost.own.column}, which joins it with ${lost.partner.ref}, has no index; the join may find no partners in the sample`,
    );
  }
  return steps;
}

/** Higher begins: what cannot be found by its partners, then the side of many rows, then what is large. */
function rank(task: LoadTask, sides: readonly { readonly own: RelationColumn }[]): number {
  const own = sides.filter((side) => side.own.ref === refOf(task)).map((side) => side.own.column);
  const unfindable = own.filter((column) => !isFindable(task, column)).length;
  const many = own.filter((column) => !isOnlyKey(task, column)).length;
  const size = Math.log10((task.source.table.estimatedRows ?? 0) + 1) / 20;
  return 100 * unfindable + many + size;
}

function isFindable(task: LoadTask | undefined, column: string): boolean {
  const name = sourceColumn(task, column);
  const table = task?.source.table;
  const field = table?.fields.find((each) => each.name === name);
  return (
    name !== undefined &&
    field !== undefined &&
    MATCHED_KINDS.has(field.type.kind) &&
    (table?.indexedColumns.includes(name) ?? false)
  );
}

function isOnlyKey(task: LoadTask | undefined, column: string): boolean {
  const key = task?.source.table.key ?? [];
  return key.length === 1 && key[0] === sourceColumn(task, column);
}

/** What the source calls a column of a landed table. */
export function sourceColumn(task: LoadTask | undefined, column: string): string | undefined {
  const origin = task?.columns.find(({ field }) => field.name === column)?.origin;
  return origin?.kind === 'source' ? origin.column : undefined;
}

function refOf({ destination }: LoadTask): string {
  return destination.table.name;
}
