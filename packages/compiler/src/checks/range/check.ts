import { formatLogicalType } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { columnOfKind, ORDERED } from '../column-kinds.ts';
import { literalSql } from '../literal.ts';

const LOWER = [
  { key: 'min', fails: '<', words: 'at least' },
  { key: 'above', fails: '<=', words: 'above' },
] as const;
const UPPER = [
  { key: 'max', fails: '>', words: 'at most' },
  { key: 'below', fails: '>=', words: 'below' },
] as const;
const BOUNDS = [...LOWER, ...UPPER];

export const range = defineCheckCompiler({
  name: 'range',
  async compile(settings, context) {
    const { relation } = context;
    const crossed = crossedBounds(settings);
    if (crossed !== undefined)
      context.report('checkNeverPasses', { check: 'range', reason: crossed.reason }, [crossed.key]);
    const field = columnOfKind(settings.column, ORDERED, 'a number, a date or a time', context, 'range');
    if (field === undefined) return undefined;
    const column = columnSql(field.name);
    const subject = subjectOf(relation.ref, [field.name]);
    const conditions: string[] = [];
    const words: string[] = [];
    let isWrong = crossed !== undefined;
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

/** Two bounds that no value lies between, as far as YAML can tell: a text is of a type that the column has. */
function crossedBounds(
  settings: Readonly<Partial<Record<(typeof BOUNDS)[number]['key'], unknown>>>,
): { readonly key: (typeof LOWER)[number]['key']; readonly reason: string } | undefined {
  for (const lower of LOWER)
    for (const upper of UPPER) {
      const [least, most] = [settings[lower.key], settings[upper.key]];
      if (typeof least !== 'number' || typeof most !== 'number') continue;
      const isOpen = lower.key === 'above' || upper.key === 'below';
      if (least > most || (isOpen && least === most))
        return { key: lower.key, reason: `no number is ${lower.words} ${least} and ${upper.words} ${most}` };
    }
  return undefined;
}
