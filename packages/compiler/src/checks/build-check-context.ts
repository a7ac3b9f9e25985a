import { nearestNames, type DocumentPath, type Field } from '@millrace/spec';

import type { Compilation } from '../compilation.ts';
import { reportSqlProblem } from '../sql/report-problem.ts';
import { isSqlProblem, type ParsedExpression, type SqlAnalyser } from '../sql/sql-analyser.ts';
import { withinText } from '../sql/within-text.ts';
import { findField } from '../transform/columns.ts';
import type { CheckContext } from './check-compiler.ts';
import type { CheckedRelation } from './checked-relation.ts';
import { columnSql } from './check-sql.ts';

export interface CheckScene {
  readonly relation: CheckedRelation;
  readonly others: ReadonlyMap<string, CheckedRelation>;
  /** How the texts of the check call relations, where that is not by their names. */
  readonly localNames?: ReadonlyMap<string, string> | undefined;
  readonly sql: SqlAnalyser;
  readonly compilation: Pick<Compilation, 'report'>;
}

/** What one check is compiled with; `path` leads to its settings. */
export function buildCheckContext(scene: CheckScene, path: DocumentPath): CheckContext {
  const { relation, others, sql, compilation } = scene;
  const report: CheckContext['report'] = (code, params, below, fixes = []) =>
    compilation.report(code, params, [...path, ...below], fixes);

  function column(name: string, below: DocumentPath, of: CheckedRelation = relation): Field | undefined {
    const field = findField(of.fields, name);
    if (field !== undefined) return field;
    const known = of.fields.map((candidate) => candidate.name);
    const nearest = nearestNames(name, known);
    const fixes = nearest.map((value) => ({ kind: 'setField', path: [...path, ...below], value }) as const);
    report(
      'columnUnknown',
      { table: of.ref, column: name, role: String(path.at(-1)), nearest },
      below,
      fixes,
    );
    return undefined;
  }

  return {
    relation,
    nameOf: (ref) => scene.localNames?.get(ref) ?? ref,
    table: columnSql(relation.ref),
    sql,
    report,
    column,
    reportProblem: (problem, text, below) =>
      reportSqlProblem(problem, text, [...path, ...below], compilation),
    columns(names, below, of) {
      const fields = names.map((name, index) => column(name, [...below, index], of));
      return fields.every((field) => field !== undefined) ? fields : undefined;
    },
    other: (ref) => (ref === relation.ref ? relation : others.get(ref)),
    async condition(text, below, of = relation) {
      const before = 'SELECT (';
      const [parsed, described] = await Promise.all([
        sql.parseExpression(text),
        // On lines of its own, so that a comment at its end hides nothing.
        sql.describe({
          relations: [{ name: of.ref, fields: of.fields }],
          sql: `${before}${text}\n) FROM ${columnSql(of.ref)}`,
        }),
      ]);
      const problem = isSqlProblem(parsed)
        ? parsed
        : isSqlProblem(described)
          ? withinText(described, before.length, text)
          : undefined;
      if (problem !== undefined) reportSqlProblem(problem, text, [...path, ...below], compilation);
      if (isSqlProblem(parsed) || isSqlProblem(described)) return undefined;
      const refused = refusal(parsed);
      if (refused !== undefined) {
        report('sqlNotHere', { step: of.ref, what: refused }, below);
        return undefined;
      }
      if (!parsed.isDeterministic && !parsed.isAggregate) {
        report('sqlNotDeterministic', { functions: parsed.changing }, below);
        return undefined;
      }
      const [result] = described;
      if (result !== undefined && result.nativeType !== 'BOOLEAN') {
        report('conditionType', { type: result.nativeType }, below);
        return undefined;
      }
      const columns = parsed.columns.flatMap(
        (reference) => findField(of.fields, reference.column)?.name ?? [],
      );
      return { sql: `(${text}\n)`, parsed, columns: [...new Set(columns)] };
    },
  };
}

function refusal(parsed: ParsedExpression): string | undefined {
  if (parsed.hasSubquery) return 'a subquery; use a sql check';
  if (parsed.isWindow) return 'a window function; use a sql check';
  return undefined;
}
