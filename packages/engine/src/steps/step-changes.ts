import type { PlannedStep } from '@millrace/compiler';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { isCodeStep, type CodeStep } from './code-steps.ts';
import type { UsageMeter } from '../stage/usage-meter.ts';
import { countRows } from './count-rows.ts';
import type { Dataset, View } from './dataset.ts';
import { partColumns } from './published-rows.ts';
import { neededColumns } from './needed-columns.ts';
import { RelationSql, restrict, type Restriction } from './relation-sql.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/** Rows that came (`plus`) and rows that went (`minus`), each something that can follow FROM; a changed row is in both. */
export interface Changes {
  readonly kind: 'changes';
  readonly plus: string;
  readonly minus: string;
}

export type StepChanges =
  | Changes
  | { readonly kind: 'none' }
  /** It cannot be told what changed; the reason is for people. */
  | { readonly kind: 'whole'; readonly reason: string };

export interface ChangeOptions {
  readonly database: StagingDatabase;
  readonly meter: UsageMeter;
  readonly steps: ReadonlyMap<string, PlannedStep>;
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** The version of each dataset that the rows of before were computed from. */
  readonly since: Readonly<Record<string, string>>;
  /** The relation whose changes are asked for. */
  readonly target: string;
  /** The query of its rows of before, where they are known without computing them. */
  readonly before: (step: PlannedStep) => string | undefined;
  /** What the code of a step makes of the rows of a query, as something that can follow FROM. */
  readonly runCode: (step: CodeStep, sql: string, view: View) => Promise<string>;
}

/**
 * What changed in the result of steps, computed from what changed in the datasets they read. `f` of a step over the
 * complete rows of now less `f` over those of before, whatever way is cheapest; the tables it makes are dropped by
 * `close`.
 */
export class ChangeSet {
  readonly #options: ChangeOptions;
  readonly #known = new Map<string, Promise<StepChanges>>();
  readonly #tables: string[] = [];
  readonly #needed: ReturnType<typeof neededColumns>;
  #result: Promise<StepChanges> | undefined;

  constructor(options: ChangeOptions) {
    this.#options = options;
    this.#needed = neededColumns(options.target, options.steps);
  }

  /** What changed in the target, as tables. */
  result(): Promise<StepChanges> {
    this.#result ??= this.#settle();
    return this.#result;
  }

  async #settle(): Promise<StepChanges> {
    const changes = await this.#of(this.#options.target);
    return changes.kind === 'changes'
      ? this.#difference(`SELECT * FROM ${changes.plus}`, `SELECT * FROM ${changes.minus}`)
      : changes;
  }

  #of(ref: string): Promise<StepChanges> {
    const known = this.#known.get(ref) ?? this.#compute(ref);
    this.#known.set(ref, known);
    return known;
  }

  /** How many rows came, by the relations that changes were asked of on the way to the target. */
  async rowsCome(): Promise<ReadonlyMap<string, number>> {
    const { database, meter } = this.#options;
    const none = new Map<string, number>();
    const came = new Map<string, string>();
    for (const [ref, known] of this.#known) {
      const changes = await known;
      if (changes.kind === 'none') none.set(ref, 0);
      else if (changes.kind === 'changes') came.set(ref, changes.plus);
    }
    return new Map([...none, ...(await countRows(database, meter, came))]);
  }

  async close(): Promise<void> {
    const { database } = this.#options;
    for (const table of this.#tables.splice(0)) await database.execute(`DROP TABLE IF EXISTS ${table}`);
  }

  async #compute(ref: string): Promise<StepChanges> {
    const { datasets, steps } = this.#options;
    const dataset = datasets.get(ref);
    if (dataset !== undefined) return this.#ofDataset(dataset);
    const step = steps.get(ref);
    if (step === undefined) throw new RangeError(`Nothing makes the rows of ${ref}.`);
    const inputs = new Map<string, StepChanges>();
    for (const { alias, ref: input } of step.inputs) inputs.set(alias, await this.#of(input));
    for (const changes of inputs.values()) if (changes.kind === 'whole') return changes;
    const changed = new Map<string, Changes>();
    for (const [alias, changes] of inputs) if (changes.kind === 'changes') changed.set(alias, changes);
    if (changed.size === 0) return { kind: 'none' };
    return this.#ofStep(step, changed);
  }

  async #ofDataset(dataset: Dataset): Promise<StepChanges> {
    const { ref } = dataset;
    const before = this.#options.since[ref];
    const changes = before === undefined ? undefined : dataset.changesSince(before);
    if (changes === undefined)
      return { kind: 'whole', reason: `what ${ref} was when the rows were made last is not kept any more` };
    if (changes.kind === 'none') return changes;
    // What nobody needs is neither read nor compared.
    const needed = this.#needed.get(ref);
    const columns = dataset.fields
      .map(({ name, type }) =>
        needed === undefined || needed.has(name)
          ? quote(name)
          : `CAST(NULL AS ${duckdbType(type)}) AS ${quote(name)}`,
      )
      .join(', ');
    const select = (sql: string) => `SELECT ${columns} FROM (${sql}) AS ${quote(ref)}`;
    switch (changes.kind) {
      case 'added': {
        const plus = await this.#table(select(changes.sql));
        return { kind: 'changes', plus, minus: `(SELECT * FROM ${plus} WHERE false)` };
      }
      case 'touched': {
        const list = changes.key.map((column, index) => `${quote(column)} AS k${index}`).join(', ');
        const keys = await this.#table(`SELECT DISTINCT ${list} FROM (${changes.keysSql})`);
        const by = changes.key.map((column) => ({
          sql: quote(column),
          columns: [column],
          isQualified: false,
        }));
        const before =
          this.#few(ref, 'old', { keys, by }) ?? restrict(this.#rowsOf(ref, 'old') ?? '', { keys, by }, ref);
        return this.#difference(select(changes.nowSql), select(before));
      }
      case 'compare':
        return this.#difference(
          select(this.#rowsOf(ref, 'new') ?? ''),
          select(this.#rowsOf(ref, 'old') ?? ''),
        );
    }
  }

  async #ofStep(step: PlannedStep, changed: ReadonlyMap<string, Changes>): Promise<StepChanges> {
    const { incrementality } = step;
    switch (incrementality.kind) {
      case 'whole':
        return { kind: 'whole', reason: `${step.step} is computed from all rows: ${incrementality.reason}` };
      case 'rowwise':
        return this.#linear(step, changed);
      case 'partitioned': {
        const [only] = changed.keys();
        if (changed.size === 1 && only !== undefined && incrementality.linearIn.includes(only))
          return this.#linear(step, changed);
        const keys = await this.#touchedParts(incrementality.by, changed);
        return this.#difference(
          this.#parts(step, incrementality.by, keys, 'new'),
          this.#partsBefore(step, keys) ?? this.#parts(step, incrementality.by, keys, 'old'),
        );
      }
    }
  }

  /** The step over the changed rows alone; computed once when that takes more than the rows themselves. */
  async #linear(step: PlannedStep, changed: ReadonlyMap<string, Changes>): Promise<Changes> {
    const plus = this.#over(step, changed, 'plus');
    const minus = this.#over(step, changed, 'minus');
    if (isCodeStep(step)) {
      const { runCode } = this.#options;
      // A row of before is made again by the same code, which must give what it gave.
      return {
        kind: 'changes',
        plus: await runCode(step, plus, 'new'),
        minus: await runCode(step, minus, 'old'),
      };
    }
    if (step.inputs.length === 1) return { kind: 'changes', plus: `(${plus})`, minus: `(${minus})` };
    return { kind: 'changes', plus: await this.#table(plus), minus: await this.#table(minus) };
  }

  #over(step: PlannedStep, changed: ReadonlyMap<string, Changes>, side: 'plus' | 'minus'): string {
    const sql = this.#sql();
    const isAdditive = step.incrementality.kind === 'rowwise';
    const inputs = new Map(
      step.inputs.map(({ alias, ref }) => {
        const changes = changed.get(alias);
        if (changes !== undefined) return [alias, changes[side]];
        const still = sql.relation(ref, 'new');
        return [alias, isAdditive ? sql.add(ref, `SELECT * FROM ${still} WHERE false`) : still];
      }),
    );
    const made = sql.add(
      step.ref,
      sql.step(step, (alias) => inputs.get(alias) ?? quote(alias)),
    );
    return sql.statement(`SELECT * FROM ${made}`);
  }

  /** A table of the partition values that a changed row had or has. */
  #touchedParts(
    by: Readonly<Record<string, readonly { readonly sql: string }[]>>,
    changed: ReadonlyMap<string, Changes>,
  ): Promise<string> {
    const parts = [...changed].flatMap(([alias, { plus, minus }]) => {
      const list = (by[alias] ?? []).map((each, index) => `${each.sql} AS k${index}`).join(', ');
      return [plus, minus].map((table) => `SELECT ${list} FROM ${table} AS ${quote(alias)}`);
    });
    return this.#table(parts.join(' UNION '));
  }

  /** The touched parts as they were, where they need not be computed. */
  #partsBefore(step: PlannedStep, keys: string): string | undefined {
    const { before, target } = this.#options;
    const columns = step.ref === target ? partColumns(step) : undefined;
    const rows = columns && before(step);
    if (columns === undefined || rows === undefined) return undefined;
    const by = columns.map((column) => ({ sql: quote(column), columns: [column], isQualified: false }));
    return restrict(rows, { keys, by }, step.ref);
  }

  /** The step over the rows of the touched parts. */
  #parts(
    step: PlannedStep,
    by: Readonly<Record<string, Restriction['by']>>,
    keys: string,
    view: View,
  ): string {
    const sql = this.#sql();
    const inputs = new Map(
      step.inputs.map(({ alias, ref }) => {
        const parts = by[alias];
        return [alias, sql.relation(ref, view, parts === undefined ? undefined : { keys, by: parts })];
      }),
    );
    const made = sql.add(
      step.ref,
      sql.step(step, (alias) => inputs.get(alias) ?? quote(alias)),
    );
    return sql.statement(`SELECT * FROM ${made}`);
  }

  /** Rows that are on both sides did not change. */
  async #difference(now: string, before: string): Promise<StepChanges> {
    const [came, went] = [await this.#table(now), await this.#table(before)];
    const plus = await this.#table(`SELECT * FROM ${came} EXCEPT ALL SELECT * FROM ${went}`);
    const minus = await this.#table(`SELECT * FROM ${went} EXCEPT ALL SELECT * FROM ${came}`);
    const [counts] = await this.#options.database.query(
      `SELECT (SELECT count(*) FROM ${plus}) + (SELECT count(*) FROM ${minus}) AS changed`,
    );
    return Number(counts?.['changed']) === 0 ? { kind: 'none' } : { kind: 'changes', plus, minus };
  }

  #sql(): RelationSql {
    return new RelationSql(
      this.#options.steps,
      (ref, view) => this.#rowsOf(ref, view),
      (ref, view, restriction) => this.#few(ref, view, restriction),
    );
  }

  #rowsOf(ref: string, view: View): string | undefined {
    return this.#options.datasets.get(ref)?.stateSql(this.#versionOf(ref, view));
  }

  /** The rows of a dataset that a restriction lets through. */
  #few(ref: string, view: View, restriction: Restriction): string | undefined {
    const columns = restriction.by.flatMap((each) => each.columns);
    const filter = (sql: string) => restrict(sql, restriction, ref);
    return this.#options.datasets.get(ref)?.filteredSql({ columns, filter }, this.#versionOf(ref, view));
  }

  #versionOf(ref: string, view: View): string | undefined {
    return view === 'new' ? this.#options.datasets.get(ref)?.version : this.#options.since[ref];
  }

  async #table(sql: string): Promise<string> {
    const { database, meter } = this.#options;
    const name = quote(database.uniqueName('changes'));
    this.#tables.push(name);
    await database.execute(`CREATE TABLE ${name} AS ${sql}`, meter);
    return name;
  }
}
