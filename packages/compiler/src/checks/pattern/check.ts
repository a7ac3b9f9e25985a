import { isSqlProblem } from '../../sql/sql-analyser.ts';
import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf, textSql } from '../check-sql.ts';
import { columnOfKind, TEXTS } from '../column-kinds.ts';

export const pattern = defineCheckCompiler({
  name: 'pattern',
  async compile({ column, regex }, context) {
    const { relation } = context;
    const field = columnOfKind(column, TEXTS, 'text', context, 'pattern');
    if (regex.includes('\0')) {
      context.report('valueInvalid', { key: 'regex', reason: 'cannot contain U+0000; write \\x00' }, [
        'regex',
      ]);
      return undefined;
    }
    if (field === undefined) return undefined;
    const matches = `regexp_full_match(${columnSql(field.name)}, ${textSql(regex)})`;
    // What the language lets through and RE2 does not: names of Unicode classes, expressions that grow too large.
    const answer = await context.sql.describe({
      relations: [{ name: relation.ref, fields: relation.fields }],
      sql: `SELECT ${matches} AS matches FROM ${context.table}`,
    });
    if (isSqlProblem(answer)) {
      const reason = answer.message.replace(/\.+$/, '');
      const position = Math.max(0, regex.indexOf(reason.split(': ').at(-1) ?? '')) + 1;
      context.report('patternInvalid', { key: 'regex', pattern: regex, position, reason }, ['regex']);
      return undefined;
    }
    const failing = `NOT ${matches}`;
    return (measures) => ({
      columns: [field.name],
      expected: `matches ${regex}`,
      reads: 'rows',
      failing,
      examples: examplesOf(relation, [field.name], failing),
      rule: {
        kind: 'failing',
        subject: subjectOf(relation.ref, [field.name]),
        fault: `does not match ${regex}`,
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
