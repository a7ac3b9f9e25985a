import { defineCheckCompiler } from '../check-compiler.ts';
import { examplesOf } from '../check-sql.ts';

/** Characters of the condition in the name of the check. */
const MAX_LABEL = 60;

export const expression = defineCheckCompiler({
  name: 'expression',
  async compile({ condition: text, onFailure }, context) {
    const condition = await context.condition(text, ['condition']);
    if (condition === undefined) return undefined;
    const { relation } = context;
    const { parsed, columns, sql } = condition;
    const subject = `${relation.ref}: '${text.trim()}'`;
    const label = text.trim().slice(0, MAX_LABEL);
    if (parsed.isAggregate) {
      if (onFailure === 'quarantine') {
        context.report('checkSetsNothingAside', { condition: text.trim() }, ['onFailure']);
        return undefined;
      }
      return (measures) => ({
        columns,
        label,
        expected: text.trim(),
        reads: 'state',
        rule: { kind: 'holds', subject, holds: measures.aggregate(sql, 'state') },
      });
    }
    const failing = `NOT ${sql}`;
    return (measures) => ({
      columns,
      label,
      expected: text.trim(),
      reads: 'rows',
      failing,
      examples: examplesOf(relation, columns, failing),
      rule: {
        kind: 'failing',
        subject,
        fault: 'does not hold',
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
