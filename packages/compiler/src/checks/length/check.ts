import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { columnOfKind, TEXTS } from '../column-kinds.ts';

export const length = defineCheckCompiler({
  name: 'length',
  async compile({ column, min, max }, context) {
    const { relation } = context;
    const field = columnOfKind(column, [...TEXTS, 'bytes'], 'text or bytes', context, 'length');
    if (min !== undefined && max !== undefined && min > max) {
      context.report('checkNeverPasses', { check: 'length', reason: `${min} is more than ${max}` }, ['min']);
      return undefined;
    }
    if (field === undefined) return undefined;
    const isBytes = field.type.kind === 'bytes';
    const measured = `${isBytes ? 'octet_length' : 'length'}(${columnSql(field.name)})`;
    const failing =
      min !== undefined && min === max
        ? `${measured} <> ${min}`
        : [
            ...(min === undefined || min === 0 ? [] : [`${measured} < ${min}`]),
            ...(max === undefined ? [] : [`${measured} > ${max}`]),
          ].join(' OR ') || 'false';
    const unit = isBytes ? 'bytes' : 'characters';
    const expected =
      min === max
        ? `${min} ${unit}`
        : [
            ...(min === undefined ? [] : [`at least ${min}`]),
            ...(max === undefined ? [] : [`at most ${max}`]),
          ].join(' and ') + ` ${unit}`;
    return (measures) => ({
      columns: [field.name],
      expected,
      reads: 'rows',
      failing,
      examples: examplesOf(relation, [field.name], failing),
      rule: {
        kind: 'failing',
        subject: subjectOf(relation.ref, [field.name]),
        fault: `does not have ${expected}`,
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
