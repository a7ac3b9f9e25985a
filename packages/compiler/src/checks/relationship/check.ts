import { formatLogicalType, type Field } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { NUMBERS } from '../column-kinds.ts';

/** Another name for the other step, which may be the step itself. */
const OTHER = '"__millrace_other"';

export const relationship = defineCheckCompiler({
  name: 'relationship',
  async compile({ columns, to }, context) {
    const { relation, table } = context;
    const fields = context.columns(columns, ['columns']);
    const other = context.other(to.step);
    const otherFields = other && context.columns(to.columns, ['to', 'columns'], other);
    if (fields === undefined || other === undefined || otherFields === undefined) return undefined;
    const pairs = fields.flatMap((left, index) => {
      const right = otherFields[index];
      return right === undefined ? [] : [{ left, right }];
    });
    for (const [index, { left, right }] of pairs.entries()) {
      if (isComparable(left, right)) continue;
      const names = {
        left: subjectOf(relation.ref, [left.name]),
        right: subjectOf(other.ref, [right.name]),
        leftType: formatLogicalType(left.type),
        rightType: formatLogicalType(right.type),
      };
      context.report('checkTypesDiffer', { check: 'relationship', ...names }, ['to', 'columns', index]);
      return undefined;
    }
    const present = pairs.map(({ left }) => `${table}.${columnSql(left.name)} IS NOT NULL`);
    const equal = pairs.map(
      ({ left, right }) => `${OTHER}.${columnSql(right.name)} = ${table}.${columnSql(left.name)}`,
    );
    const failing = `${present.join(' AND ')} AND NOT EXISTS (FROM ${columnSql(other.ref)} AS ${OTHER} WHERE ${equal.join(' AND ')})`;
    const names = fields.map(({ name }) => name);
    const target = subjectOf(
      other.ref,
      otherFields.map(({ name }) => name),
    );
    const relations = other.ref === relation.ref ? [] : [other.ref];
    return (measures) => {
      const [missing = ''] = measures.query(
        ['failing'],
        relations,
        ([name]) => `SELECT CAST(count(*) AS VARCHAR) AS ${name} FROM ${table} WHERE ${failing}`,
      );
      return {
        columns: names,
        label: `${names.join(', ')}, ${other.ref}`,
        expected: `a row of ${target}`,
        reads: 'state',
        failing,
        relations,
        examples: examplesOf(relation, names, failing, relations),
        rule: {
          kind: 'failing',
          subject: subjectOf(relation.ref, names),
          fault: `has no row in ${target}`,
          failing: missing,
          rows: measures.rows('state'),
          byColumn: [],
        },
      };
    };
  },
});

function isComparable(left: Field, right: Field): boolean {
  if (NUMBERS.includes(left.type.kind)) return NUMBERS.includes(right.type.kind);
  if (left.type.kind === 'timestamp' && right.type.kind === 'timestamp')
    return left.type.timezone === right.type.timezone;
  return left.type.kind === right.type.kind;
}
