import {
  nearestNames,
  type DiagnosticCode,
  type DiagnosticParams,
  type DocumentPath,
  type Edit,
  type Field,
  type TransformVerbName,
} from '@millrace/spec';

import { findCode, type CodeSettings, type FoundCode } from '../code/find-code.ts';
import type { Compilation } from '../compilation.ts';
import { reportSqlProblem } from '../sql/report-problem.ts';
import {
  isSqlProblem,
  type ParsedExpression,
  type SqlAnalyser,
  type SqlProblem,
  type SqlRelation,
} from '../sql/sql-analyser.ts';
import { withinText } from '../sql/within-text.ts';
import { findField, isSameName, quote } from './columns.ts';
import type { BuildContext, Expression, ExpressionRules, InputRelation, Relation } from './transform-verb.ts';

/** What one step is built with; its questions about SQL are answered together with those of other steps. */
export class StepBuilder implements BuildContext {
  readonly step: string;
  readonly inputs: readonly InputRelation[];
  readonly sql: SqlAnalyser;
  readonly #compilation: Compilation;
  readonly #path: DocumentPath;
  readonly #relations = new Map<string, SqlRelation>();

  constructor(
    compilation: Compilation,
    step: string,
    verb: TransformVerbName,
    inputs: readonly InputRelation[],
  ) {
    this.#compilation = compilation;
    this.#path = ['steps', step, verb];
    this.step = step;
    this.inputs = inputs;
    this.sql = compilation.sql;
  }

  at(path: DocumentPath): DocumentPath {
    return [...this.#path, ...path];
  }

  report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    path: DocumentPath,
    fixes: readonly Edit[] = [],
    part: 'key' | 'value' = 'value',
  ): void {
    this.#compilation.report(code, params, this.at(path), fixes, part);
  }

  reportProblem(problem: SqlProblem, text: string, path: DocumentPath): void {
    reportSqlProblem(problem, text, this.at(path), this.#compilation);
  }

  code(settings: CodeSettings): Promise<FoundCode | undefined> {
    return findCode(settings, this.#path, this.#compilation);
  }

  column(
    name: string,
    path: DocumentPath,
    input: Relation,
    part: 'key' | 'value' = 'value',
  ): Field | undefined {
    const field = findField(input.fields, name);
    if (field !== undefined) return field;
    const nearest = nearestNames(
      name,
      input.fields.map((candidate) => candidate.name),
    );
    const at = this.at(path);
    const fixes = nearest.map((to) =>
      part === 'key'
        ? ({ kind: 'renameField', path: at, to } as const)
        : ({ kind: 'setField', path: at, value: to } as const),
    );
    this.report('columnUnknown', { table: input.ref, column: name, nearest }, path, fixes, part);
    return undefined;
  }

  async expression(
    text: string,
    path: DocumentPath,
    scope: readonly InputRelation[],
    rules: ExpressionRules = {},
  ): Promise<Expression | undefined> {
    const { before, after } = rules.frame ?? {
      before: 'SELECT ',
      after: ` FROM ${scope.map(({ alias }) => quote(alias)).join(', ')}`,
    };
    // On lines of its own, so that a comment at its end hides nothing.
    const over = rules.over === undefined ? undefined : `\nOVER (${rules.over})`;
    const [parsed, described] = await Promise.all([
      this.sql.parseExpression(over === undefined ? text : `${text}\nOVER ()`),
      this.sql.describe({
        relations: scope.map((input) => this.#relation(input)),
        sql: `${before}(${text}${over ?? ''}\n)${after}`,
        ...(rules.frame === undefined && over === undefined ? { expression: text } : {}),
      }),
    ]);
    if (isSqlProblem(parsed)) return this.#refuse(withinText(parsed, 0, text), text, path);
    if (isSqlProblem(described))
      return this.#refuse(withinText(described, before.length + 1, text), text, path);
    const forbidden = forbiddenPart(parsed, rules.allows ?? []);
    if (forbidden !== undefined) {
      this.report('sqlNotHere', { step: this.step, what: forbidden }, path);
      return undefined;
    }
    if (!parsed.isDeterministic) {
      this.report('sqlNotDeterministic', { functions: parsed.changing }, path);
      return undefined;
    }
    const [first] = described;
    if (rules.isCondition === true && first !== undefined && first.nativeType !== 'BOOLEAN') {
      this.report('conditionType', { type: first.nativeType }, path);
      return undefined;
    }
    const open = over === undefined && parsed.isAggregate ? takesAnyOrder(parsed, text) : undefined;
    if (open !== undefined) this.report('sqlOrderOpen', { function: open }, path);
    const column = parsed.column && this.#resolve(parsed.column, scope);
    return {
      sql: over === undefined ? `(${text.includes('--') ? `${text}\n` : text})` : `(${text}${over})`,
      parsed,
      reads: this.#reads(parsed, scope),
      copied: column?.field,
      described: before === 'SELECT ' && described.length === 1 ? described[0] : undefined,
    };
  }

  /** The frame may hold a subquery over the inputs while the expression itself sees none of their columns. */
  #relation({ alias, fields }: InputRelation): SqlRelation {
    const own = this.inputs.find((input) => input.alias === alias);
    const wanted = own !== undefined && fields.length === 0 ? own.fields : fields;
    const known = this.#relations.get(alias);
    if (known?.fields === wanted) return known;
    const relation = { name: alias, fields: wanted };
    if (wanted === own?.fields) this.#relations.set(alias, relation);
    return relation;
  }

  #refuse(problem: SqlProblem, text: string, path: DocumentPath): undefined {
    this.reportProblem(problem, text, path);
    return undefined;
  }

  #resolve(
    { table, column }: { readonly table: string | null; readonly column: string },
    scope: readonly InputRelation[],
  ): { readonly ref: string; readonly field: Field } | undefined {
    for (const input of scope) {
      if (table !== null && !isSameName(table, input.alias)) continue;
      const field = findField(input.fields, column);
      if (field !== undefined) return { ref: input.ref, field };
    }
    // A field of a nested value is written like a column of a table.
    if (table !== null) return this.#resolve({ table: null, column: table }, scope);
    return undefined;
  }

  #reads(parsed: ParsedExpression, scope: readonly InputRelation[]): Expression['reads'] {
    const reads = new Map<string, { readonly ref: string; readonly column: string }>();
    for (const reference of parsed.columns) {
      const found = this.#resolve(reference, scope);
      if (found === undefined) continue;
      const read = { ref: found.ref, column: found.field.name };
      reads.set(JSON.stringify(read), read);
    }
    return [...reads.values()];
  }
}

/** Aggregates whose value depends on the order in which rows come, unless an ORDER BY stands inside of their parentheses. */
const ORDERED: ReadonlySet<string> = new Set(
  'any_value arbitrary array_agg first group_concat last list listagg string_agg'.split(' '),
);

function takesAnyOrder({ functions }: ParsedExpression, text: string): string | undefined {
  return /\border\s+by\b/iu.test(text) ? undefined : functions.find((name) => ORDERED.has(name));
}

function forbiddenPart(
  parsed: ParsedExpression,
  allows: NonNullable<ExpressionRules['allows']>,
): string | undefined {
  if (parsed.hasSubquery) return 'a subquery; join or look up the other step, or use a sql step';
  if (parsed.isWindow && !allows.includes('window')) return 'a window function; use a window step';
  if (parsed.isAggregate && !allows.includes('aggregate')) return 'an aggregate; use an aggregate step';
  return undefined;
}
