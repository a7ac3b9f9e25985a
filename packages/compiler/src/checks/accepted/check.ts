import { formatLogicalType } from '@millrace/spec';

import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';
import { literalSql } from '../literal.ts';
import { notAmong } from './not-among.ts';

const MAX_LISTED = 8;

export const accepted = defineCheckCompiler({
  name: 'accepted',
  async compile({ column, values }, context) {
    const { relation } = context;
    const field = context.column(column, ['column']);
    if (field === undefined) return undefined;
    const { name } = field;
    const literals = values.map((value, index) => {
      const literal = literalSql(value, field.type);
      if (literal === undefined) {
        const about = { column: subjectOf(relation.ref, [name]), type: formatLogicalType(field.type) };
        context.report('checkValueUnfit', { check: 'accepted', ...about, value: String(value) }, [
          'values',
          index,
        ]);
      }
      return literal;
    });
    const known = [...new Set(literals.filter((literal) => literal !== undefined))];
    if (literals.includes(undefined)) return undefined;
    const failing = notAmong(columnSql(name), known, field.type);
    const listed = values
      .slice(0, MAX_LISTED)
      .map((value) => (value === '' ? "''" : value))
      .join(', ');
    const words = values.length > MAX_LISTED ? `${listed} and ${values.length - MAX_LISTED} more` : listed;
    return (measures) => ({
      columns: [name],
      expected: `one of ${words}`,
      reads: 'rows',
      failing,
      examples: examplesOf(relation, [name], failing),
      rule: {
        kind: 'failing',
        subject: subjectOf(relation.ref, [name]),
        fault: `has values other than ${words}`,
        failing: measures.count(failing, 'rows'),
        rows: measures.rows('rows'),
        byColumn: [],
      },
    });
  },
});
