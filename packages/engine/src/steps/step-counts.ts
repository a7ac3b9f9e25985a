import type { PlannedStep } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

/** How many rows a step had in a run; null where they were not counted. Of changed rows those that came are counted. */
export interface StepCount {
  /** As plans call its rows: `paid`, `routed.large`. */
  readonly step: string;
  /** Of all that it reads. */
  readonly rowsIn: number | null;
  readonly rowsOut: number | null;
  /** Of the rows that it takes from, those that it left out; null for steps that join, group or make rows. */
  readonly leftOut: number | null;
}

/** Rows by relation. */
export type RowCounts = ReadonlyMap<string, number>;

/** Adds the counts that follow from those that are known. `steps` stand in order, each after those that it reads. */
export function inferCounts(steps: readonly PlannedStep[], known: RowCounts): RowCounts {
  const counts = new Map(known);
  const forward = () => {
    for (const step of steps) {
      const taken = step.rows?.keeps === 'each' ? takenFrom(step, counts) : null;
      if (taken !== null && !counts.has(step.ref)) counts.set(step.ref, taken);
    }
  };
  forward();
  for (const step of steps.toReversed()) {
    const rows = counts.get(step.ref);
    if (step.rows?.keeps !== 'each' || rows === undefined) continue;
    const refs = refsOf(step);
    const [open, another] = refs.filter((ref) => !counts.has(ref));
    if (open === undefined || another !== undefined) continue;
    counts.set(open, rows - refs.reduce((sum, ref) => sum + (counts.get(ref) ?? 0), 0));
  }
  forward();
  return counts;
}

/** The relations to count so that every other count follows; those of steps that keep each row do. */
export function openRelations(
  steps: readonly PlannedStep[],
  counts: RowCounts,
  isAffordable: (ref: string) => boolean,
): readonly string[] {
  const made = steps.filter(({ rows }) => rows?.keeps !== 'each').map(({ ref }) => ref);
  const own = new Set(steps.map(({ ref }) => ref));
  const read = steps.flatMap((step) => readBy(step).filter((ref) => !own.has(ref)));
  return [...new Set([...read, ...made])].filter((ref) => !counts.has(ref) && isAffordable(ref));
}

/** Steps of these are worked through by operators none of which groups. */
const NEVER_GROUP: ReadonlySet<string | null> = new Set([
  'select',
  'filter',
  'split',
  'derive',
  'convert',
  'clean',
  'join',
  'union',
  'sort',
]);
/** Steps behind a grouping of which nothing is decided before it. */
const NEVER_FILTER: ReadonlySet<string | null> = new Set(['select', 'derive', 'convert', 'clean', 'sort']);

/** The relation whose rows go into the only operator of a statement that groups; undefined when that cannot be told. */
export function groupedRelation(steps: readonly PlannedStep[]): string | undefined {
  const at = steps.findIndex(({ verb }) => verb === 'aggregate');
  const [input] = steps[at]?.inputs ?? [];
  const isAlone =
    steps.slice(0, at).every(({ verb }) => NEVER_GROUP.has(verb)) &&
    steps.slice(at + 1).every(({ verb }) => NEVER_FILTER.has(verb));
  return isAlone ? input?.ref : undefined;
}

/** The steps with their counts. Throws `internal` when one has rows that did not come in, or lost some that it keeps. */
export function balanceSteps(
  steps: readonly PlannedStep[],
  counts: RowCounts,
  view: 'all' | 'changes',
): readonly StepCount[] {
  return steps.map((step) => {
    const taken = takenFrom(step, counts);
    const rowsOut = counts.get(step.ref) ?? null;
    // What changed in a part is told by comparing it: a row that stays out can come back when another one goes.
    const isBound = view === 'all' || step.incrementality.kind === 'rowwise';
    if (isBound && taken !== null && rowsOut !== null) {
      const isBalanced = step.rows?.keeps === 'each' ? rowsOut === taken : rowsOut <= taken;
      if (!isBalanced) throw unbalanced(step, taken, rowsOut);
    }
    return {
      step: step.ref,
      rowsIn: sumOf(readBy(step), counts),
      rowsOut,
      leftOut: isBound && taken !== null && rowsOut !== null ? taken - rowsOut : null,
    };
  });
}

/** Throws `internal` unless a table that copies rows which are kept here has all of them. */
export function balanceCopy(ref: string, kept: number | undefined, copied: number): void {
  if (kept === undefined || kept === copied) return;
  throw defect(`${ref}: ${kept} rows are kept here, but ${copied} came out of them.`);
}

/** Rows of the inputs that the step takes from; null when it makes others, or when one is not counted. */
function takenFrom(step: PlannedStep, counts: RowCounts): number | null {
  return step.rows === undefined ? null : sumOf(refsOf(step), counts);
}

/** The relations that it reads, without what people decided. */
function readBy({ inputs, decisions }: PlannedStep): readonly string[] {
  return inputs.flatMap(({ ref }) => (ref === decisions ? [] : [ref]));
}

function refsOf({ rows, inputs }: PlannedStep): readonly string[] {
  return inputs.flatMap(({ alias, ref }) => (rows?.of.includes(alias) === true ? [ref] : []));
}

function sumOf(refs: readonly string[], counts: RowCounts): number | null {
  let sum = 0;
  for (const ref of refs) {
    const rows = counts.get(ref);
    if (rows === undefined) return null;
    sum += rows;
  }
  return sum;
}

function unbalanced(step: PlannedStep, taken: number, rowsOut: number): PipelineError {
  const made = rowsOut > taken ? 'some came out twice' : 'some were lost';
  // A key that somebody declared for what a function returns is believed.
  const unless =
    step.inputs.length > 1 ? ', unless a key that is declared for what it joins is not unique' : '';
  return defect(`${step.ref}: ${taken} rows came in and ${rowsOut} came out, so that ${made}.`, unless);
}

function defect(what: string, unless = ''): PipelineError {
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message: `${what} Nothing of it was published. This is a defect of Millrace${unless}; please report it.`,
  });
}
