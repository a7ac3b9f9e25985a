import { formatLogicalType } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { columnOfKind, ORDERED } from '../column-kinds.ts';
import { literalSql } from '../literal.ts';

const BOUNDS = [
  { key: 'min', fails: '<', words: 'at least' },
  { key: 'above', fails: '<=', words: 'above' },
  { key: 'max', fails: '>', words: 'at most' },
  { key: 'below', fails: '>=', words: 'below' },
] as const;

export const range = defineCheckCompiler({
  name: 'range',
  async compile(settings, context) {
    const { relation } = context;
    const field = columnOfKind(settings.column, ORDERED, 'a number, a date or a time', context, 'range');
    if (field === undefined) return undefined;
    const column = columnSql(field.name);
    const subject = subjectOf(relation.ref, [field.name]);
    const conditions: string[] = [];
    const words: string[] = [];
    let isWrong = false;
    for (const bound of BOUNDS) {
      const value = settings[bound.key];
      if (value === undefined) continue;
      const literal = literalSql(value, field.type);
      if (literal === undefined) {
        const type = formatLogicalType(field.type);
        context.report('checkValueUnfit', { check: 'range', column: subject, type, value: String(value) }, [
          bound.key,
        ]);
        isWrong = true;
      } else {
        conditions.push(`${column} ${bound.fails} ${literal}`);
        words.push(`${bound.words} ${value}`);
      }
    }
    if (isWrong) return undefined;
    // For DuckDB not-a-number is larger than every number.
    if (field.type.kind === 'float') conditions.push(`isnan(${column})`);
    const failing = conditions.join(' OR ');
    const expected = words.join(' and ');
    return (measures) => ({
      columns: [field.name],
      expected,
      reads: 'rows',
      failing,
      examples: examplesOf(relation, [field.name], failing),
      rule: {
        kind: 'failing',
        subject,
        fault: `is not ${expected}`,
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
