import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, examplesOf, subjectOf } from '../check-sql.ts';

export const notNull = defineCheckCompiler({
  name: 'notNull',
  async compile({ columns }, context) {
    const fields = context.columns(columns, ['columns']);
    if (fields === undefined) return undefined;
    const names = [...new Set(fields.map(({ name }) => name))];
    const { relation } = context;
    const isNull = names.map((name) => `${columnSql(name)} IS NULL`);
    const failing = isNull.join(' OR ');
    return (measures) => {
      // Counting a column is cheaper than a condition, and most columns share the count of rows.
      const byColumn = names.map((column) => ({
        column,
        failing: measures.aggregate(`count(*) - count(${columnSql(column)})`, 'rows'),
      }));
      const [only] = byColumn;
      return {
        columns: names,
        expected: 'no NULL',
        reads: 'rows',
        failing,
        examples: examplesOf(relation, names, failing),
        rule: {
          kind: 'failing',
          subject: subjectOf(relation.ref, names),
          fault: names.length === 1 ? 'is NULL' : 'has NULL',
          failing: byColumn.length === 1 && only ? only.failing : measures.count(failing, 'rows'),
          rows: measures.rows('rows'),
          byColumn: byColumn.length === 1 ? [] : byColumn,
        },
      };
    };
  },
});
