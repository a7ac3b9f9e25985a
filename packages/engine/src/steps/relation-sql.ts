import {
  isDecided,
  MASK_KEY,
  NO_DECISIONS,
  type PartitionExpression,
  type Plan,
  type PlannedStep,
} from '@millrace/compiler';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

import type { View } from './dataset.ts';
import { maskKeySql } from './mask-keys.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/** Only the rows whose values of the expressions stand in a table of keys, whose columns are called k0, k1, … */
export interface Restriction {
  readonly keys: string;
  readonly by: readonly PartitionExpression[];
  /** Which columns of the table they stand for, when not k0, k1, … in order. */
  readonly at?: readonly number[];
}

/**
 * The query of a relation out of those that have rows already: each step is one common table expression, which DuckDB
 * works into one plan. A restriction is moved as close to the rows as it can be.
 */
export class RelationSql {
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  /** The query of a relation that has rows; undefined where a step has to make them. */
  readonly #rows: (ref: string, view: View) => string | undefined;
  /** The same with only some rows, where there is a shorter way to them. */
  readonly #few: (ref: string, view: View, restriction: Restriction) => string | undefined;
  readonly #names = new Map<string, string>();
  readonly #parts: string[] = [];

  constructor(
    steps: ReadonlyMap<string, PlannedStep>,
    rows: (ref: string, view: View) => string | undefined,
    few: (ref: string, view: View, restriction: Restriction) => string | undefined = () => undefined,
  ) {
    this.#steps = steps;
    this.#rows = rows;
    this.#few = few;
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

  /** The statement of the rows that the code of a step is given. */
  codeInput(step: PlannedStep, view: View): string {
    const sql = this.step(step, (alias) => {
      const input = step.inputs.find((each) => each.alias === alias);
      return input === undefined ? quote(alias) : this.relation(input.ref, view);
    });
    return this.statement(`SELECT * FROM ${this.add(step.ref, sql)}`);
  }

  /** The SQL of a step over relations named by alias. */
  step(step: PlannedStep, inputs: (alias: string) => string): string {
    const aliases = step.inputs.map(
      ({ alias }) => `${quote(alias)} AS NOT MATERIALIZED (SELECT * FROM ${inputs(alias)})`,
    );
    if (step.maskKey !== undefined)
      aliases.push(`${quote(MASK_KEY)} AS MATERIALIZED (${maskKeySql(step.maskKey)})`);
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
    // Where decisions of people are not at hand, as in tests of a document, there are none.
    const rows = this.#rows(ref, view) ?? (isDecided(ref) ? NO_DECISIONS : undefined);
    const step = this.#steps.get(ref);
    if (rows !== undefined)
      return this.add(
        ref,
        restriction === undefined
          ? rows
          : (this.#few(ref, view, restriction) ?? restrict(rows, restriction, ref)),
      );
    if (step === undefined) throw new RangeError(`Nothing makes the rows of ${ref}.`);
    if (step.code !== undefined) throw new RangeError(`The code of ${ref} makes its rows, not its SQL.`);
    const pushed = restriction === undefined ? new Map<string, Restriction>() : pushDown(step, restriction);
    const inputs = new Map(
      step.inputs.map(({ alias, ref: input }) => [alias, this.relation(input, view, pushed.get(alias))]),
    );
    const sql = this.step(step, (alias) => inputs.get(alias) ?? quote(alias));
    const isDone = restriction === undefined || isWhole(step, restriction, pushed);
    return this.add(ref, isDone ? sql : restrict(sql, restriction, ref));
  }
}

/** `alias` is the name under which the expressions may call the rows. */
export function restrict(sql: string, { keys, by, at }: Restriction, alias: string): string {
  const name = quote(alias);
  const on = by.map(
    (each, index) => `${each.sql} IS NOT DISTINCT FROM "millrace keys".k${at?.[index] ?? index}`,
  );
  return `SELECT ${name}.* FROM (${sql}) AS ${name} SEMI JOIN ${keys} AS "millrace keys" ON ${on.join(' AND ')}`;
}

/**
 * What of the restriction can be asked of the inputs already, by alias: where columns are handed on under their own
 * names by a step in which no other row can change what becomes of one. A part of it lets more rows through than the
 * whole, which is then applied to the result.
 */
function pushDown(step: PlannedStep, restriction: Restriction): ReadonlyMap<string, Restriction> {
  const inputs = step.inputs.filter(({ alias }) => isIndependent(step, alias));
  const pushed = new Map<string, Restriction>();
  for (const { alias, ref } of inputs) {
    const keys = restriction.by.map((each, index) => ({ each, index }));
    const own = keys.filter(
      ({ each }) => !each.isQualified && each.columns.every((column) => isCopied(step, ref, column)),
    );
    if (own.length === 0) continue;
    pushed.set(alias, {
      keys: restriction.keys,
      by: own.map(({ each }) => each),
      at: own.map(({ index }) => restriction.at?.[index] ?? index),
    });
  }
  // Rows of every input of a rowwise step are in the result: what one cannot be asked, none can be.
  const isRowwise = step.incrementality.kind === 'rowwise';
  return isRowwise && pushed.size < step.inputs.length ? new Map() : pushed;
}

/** Whether nothing of the restriction is left to be applied to the result. */
function isWhole(
  step: PlannedStep,
  restriction: Restriction,
  pushed: ReadonlyMap<string, Restriction>,
): boolean {
  const isAll = (alias: string) => pushed.get(alias)?.by.length === restriction.by.length;
  return step.incrementality.kind === 'rowwise'
    ? step.inputs.every(({ alias }) => isAll(alias))
    : step.inputs.some(({ alias }) => isAll(alias));
}

/** Whether rows of an input that are left out change nothing for those that are not. */
function isIndependent({ incrementality, inputs }: PlannedStep, alias: string): boolean {
  switch (incrementality.kind) {
    case 'whole':
      return false;
    case 'rowwise':
      return true;
    case 'partitioned':
      // Where a step reads a relation twice, a column does not tell from which of the two it is.
      if (new Set(inputs.map(({ ref }) => ref)).size < inputs.length) return false;
      return incrementality.linearIn.includes(alias) || inputs.length === 1;
  }
}

function isCopied(step: PlannedStep, ref: string, column: string): boolean {
  const { incrementality, inputs } = step;
  const isHandedOn = step.columns.some(
    ({ name, from }) =>
      name === column &&
      from.some((source) => source.how === 'copied' && source.ref === ref && source.column === column),
  );
  if (incrementality.kind !== 'partitioned' || incrementality.linearIn.length > 0) return isHandedOn;
  // Only whole parts can be left out.
  const alias = inputs.find((input) => input.ref === ref)?.alias ?? '';
  const parts = (incrementality.by[alias] ?? []).map(({ sql }) => sql);
  return isHandedOn && (parts.includes(quote(column)) || parts.includes(`(${quote(column)})`));
}

/** Steps by ref. */
export function stepsByRef({ steps }: Pick<Plan, 'steps'>): ReadonlyMap<string, PlannedStep> {
  return new Map(steps.map((step) => [step.ref, step]));
}
