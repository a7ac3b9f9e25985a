import type { PartitionExpression, Plan, PlannedStep } from '@millrace/compiler';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import type { View } from './dataset.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/** Only the rows whose values of the expressions stand in a table of keys, whose columns are called k0, k1, … */
export interface Restriction {
  readonly keys: string;
  readonly by: readonly PartitionExpression[];
}

/**
 * The query of a relation out of those that have rows already: each step is one common table expression, which DuckDB
 * works into one plan. A restriction is moved as close to the rows as it can be.
 */
export class RelationSql {
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  /** The query of a relation that has rows; undefined where a step has to make them. */
  readonly #rows: (ref: string, view: View) => string | undefined;
  readonly #names = new Map<string, string>();
  readonly #parts: string[] = [];

  constructor(
    steps: ReadonlyMap<string, PlannedStep>,
    rows: (ref: string, view: View) => string | undefined,
  ) {
    this.#steps = steps;
    this.#rows = rows;
  }

  /** The whole statement of which `select` is the last part; call it once. */
  statement(select: string): string {
    return this.#parts.length === 0 ? select : `WITH ${this.#parts.join(',\n')}\n${select}`;
  }

  /** The quoted name of a relation in this statement. */
  relation(ref: string, view: View, restriction?: Restriction): string {
    const id = JSON.stringify([ref, view, restriction ?? null]);
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const made = this.#make(ref, view, restriction);
    this.#names.set(id, made);
    return made;
  }

  /** The SQL of a step over relations named by alias. */
  step(step: PlannedStep, inputs: (alias: string) => string): string {
    const aliases = step.inputs.map(
      ({ alias }) => `${quote(alias)} AS NOT MATERIALIZED (SELECT * FROM ${inputs(alias)})`,
    );
    // The step's own WITH comes after the names of its inputs.
    return `WITH ${aliases.join(', ')} SELECT * FROM (${step.sql}\n) AS "result"`;
  }

  /** Adds a query under a name of its own. */
  add(label: string, sql: string): string {
    const name = quote(`${label} #${this.#parts.length + 1}`);
    this.#parts.push(`${name} AS NOT MATERIALIZED (${sql})`);
    return name;
  }

  #make(ref: string, view: View, restriction: Restriction | undefined): string {
    const rows = this.#rows(ref, view);
    const step = this.#steps.get(ref);
    if (rows !== undefined)
      return this.add(ref, restriction === undefined ? rows : restrict(rows, restriction, ref));
    if (step === undefined) throw new RangeError(`Nothing makes the rows of ${ref}.`);
    const pushed = restriction === undefined ? undefined : pushDown(step, restriction);
    const inputs = new Map(
      step.inputs.map(({ alias, ref: input }) => [alias, this.relation(input, view, pushed?.get(alias))]),
    );
    const sql = this.step(step, (alias) => inputs.get(alias) ?? quote(alias));
    const isDone = restriction === undefined || pushed !== undefined;
    return this.add(ref, isDone ? sql : restrict(sql, restriction, ref));
  }
}

/** `alias` is the name under which the expressions may call the rows. */
export function restrict(sql: string, { keys, by }: Restriction, alias: string): string {
  const name = quote(alias);
  const on = by.map((each, index) => `${each.sql} IS NOT DISTINCT FROM "millrace keys".k${index}`);
  return `SELECT ${name}.* FROM (${sql}) AS ${name} SEMI JOIN ${keys} AS "millrace keys" ON ${on.join(' AND ')}`;
}

/**
 * The restriction in terms of the inputs, by alias; undefined when it has to be applied to the result. It can be moved
 * where its columns are handed on under their own names by a step in which no other row can change what becomes of one.
 */
function pushDown(step: PlannedStep, restriction: Restriction): ReadonlyMap<string, Restriction> | undefined {
  if (restriction.by.some((each) => each.isQualified)) return undefined;
  const columns = [...new Set(restriction.by.flatMap((each) => each.columns))];
  const copiesFrom = (ref: string) =>
    columns.every((column) =>
      step.columns.some(
        ({ name, from }) =>
          name === column &&
          from.some((source) => source.how === 'copied' && source.ref === ref && source.column === column),
      ),
    );
  const { incrementality } = step;
  const isSingle = (alias: string) => {
    const ref = step.inputs.find((input) => input.alias === alias)?.ref;
    return ref !== undefined && copiesFrom(ref);
  };
  switch (incrementality.kind) {
    case 'whole':
      return undefined;
    case 'rowwise':
      return step.inputs.every(({ ref }) => copiesFrom(ref))
        ? new Map(step.inputs.map(({ alias }) => [alias, restriction]))
        : undefined;
    case 'partitioned': {
      // Where a step reads a relation twice, a column does not tell from which of the two it is.
      if (new Set(step.inputs.map(({ ref }) => ref)).size < step.inputs.length) return undefined;
      const linear = incrementality.linearIn.find(isSingle);
      if (linear !== undefined) return new Map([[linear, restriction]]);
      const [only] = step.inputs;
      if (only === undefined || step.inputs.length > 1 || !isSingle(only.alias)) return undefined;
      const parts = new Set((incrementality.by[only.alias] ?? []).map(({ sql }) => sql));
      const isByParts = columns.every(
        (column) => parts.has(quote(column)) || parts.has(`(${quote(column)})`),
      );
      return isByParts ? new Map([[only.alias, restriction]]) : undefined;
    }
  }
}

/** Steps by ref. */
export function stepsByRef({ steps }: Pick<Plan, 'steps'>): ReadonlyMap<string, PlannedStep> {
  return new Map(steps.map((step) => [step.ref, step]));
}
