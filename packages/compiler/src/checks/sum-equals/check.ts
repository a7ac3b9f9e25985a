import { formatLogicalType, type Field } from '@millrace/spec';

import { defineCheckCompiler, type CheckContext } from '../check-compiler.ts';
import type { CheckedRelation } from '../checked-relation.ts';
import { columnSql, subjectOf } from '../check-sql.ts';
import { NUMBERS } from '../column-kinds.ts';
import { decimalText } from '../literal.ts';

export const sumEquals = defineCheckCompiler({
  name: 'sumEquals',
  async compile({ column, where, to, tolerance = 0 }, context) {
    const { relation } = context;
    const other = context.other(to.step);
    if (other === undefined) return undefined;
    const allowed = decimalText(tolerance);
    if (allowed === undefined || allowed.startsWith('-')) {
      context.report('valueInvalid', { key: 'tolerance', reason: 'must be a number of at least 0' }, [
        'tolerance',
      ]);
      return undefined;
    }
    const left = numberColumn(column, ['column'], relation, context);
    const right = numberColumn(to.column, ['to', 'column'], other, context);
    const [condition, otherCondition] = await Promise.all([
      where === undefined ? undefined : context.condition(where, ['where'], relation),
      to.where === undefined ? undefined : context.condition(to.where, ['to', 'where'], other),
    ]);
    const lacksCondition = where !== undefined && condition === undefined;
    const lacksOther = to.where !== undefined && otherCondition === undefined;
    if (left === undefined || right === undefined || lacksCondition || lacksOther) return undefined;
    const isExact = left.type.kind !== 'float' && right.type.kind !== 'float';
    const subject = subjectOf(relation.ref, [left.name]);
    const target = subjectOf(other.ref, [right.name]);
    if (!isExact && allowed === '0') {
      const [field, name] = left.type.kind === 'float' ? [left, subject] : [right, target];
      context.report('checkSumInexact', { column: name, type: formatLogicalType(field.type) }, ['column']);
    }
    const filter = condition === undefined ? '' : ` WHERE ${condition.sql}`;
    const otherFilter = otherCondition === undefined ? '' : ` WHERE ${otherCondition.sql}`;
    return (measures) => {
      const relations = other.ref === relation.ref ? [] : [other.ref];
      const [theirs = ''] = measures.query(
        ['sum'],
        relations,
        ([name]) =>
          `SELECT CAST(${sumOf(right)} AS VARCHAR) AS ${name} FROM ${columnSql(other.ref)}${otherFilter}`,
      );
      const ours =
        filter === '' ? sumOf(left) : `coalesce(sum(${columnSql(left.name)}) FILTER (${filter.trim()}), 0)`;
      return {
        columns: [left.name],
        label: `${left.name}, ${target}`,
        expected: `sum equal to that of ${target}${allowed === '0' ? '' : `, give or take ${allowed}`}`,
        reads: 'state',
        rule: {
          kind: 'sums',
          subject,
          other: target,
          left: measures.aggregate(ours, 'state'),
          right: theirs,
          tolerance: allowed,
          isExact,
        },
      };
    };
  },
});

function sumOf(field: Field): string {
  return `coalesce(sum(${columnSql(field.name)}), 0)`;
}

function numberColumn(
  name: string,
  path: readonly string[],
  relation: CheckedRelation,
  context: CheckContext,
): Field | undefined {
  const field = context.column(name, path, relation);
  if (field === undefined || NUMBERS.includes(field.type.kind)) return field;
  context.report(
    'checkColumnUnfit',
    {
      check: 'sumEquals',
      column: subjectOf(relation.ref, [name]),
      type: formatLogicalType(field.type),
      expected: 'a number',
    },
    path,
  );
  return undefined;
}
