import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql, subjectOf } from '../check-sql.ts';

export const unique = defineCheckCompiler({
  name: 'unique',
  async compile({ columns }, { relation, table, columns: find }) {
    const fields = find(columns, ['columns']);
    if (fields === undefined) return undefined;
    const different = [...new Map(fields.map((field) => [field.name, field])).values()];
    const names = different.map(({ name }) => name);
    const quoted = names.map(columnSql);
    const texts = quoted.map((name) => `left(CAST(${name} AS VARCHAR), 80) AS ${name}`);
    const present = quoted.map((name) => `${name} IS NOT NULL`).join(' AND ');
    return (measures) => {
      const group = measures.group(different);
      return {
        columns: names,
        expected: 'every value once',
        reads: 'state',
        examples: {
          sql: `SELECT ${texts.join(', ')} FROM (SELECT ${quoted.join(', ')}, count(*) AS "times of a value" FROM ${table} WHERE ${present} GROUP BY ${quoted.join(', ')} HAVING count(*) > 1) ORDER BY "times of a value" DESC, ${quoted.join(', ')} LIMIT 3`,
          shown: names,
          relations: [],
        },
        rule: {
          kind: 'duplicates',
          subject: subjectOf(relation.ref, names),
          failing: group.repeatedRows,
          values: group.repeatedValues,
          rows: measures.rows('state'),
        },
      };
    };
  },
});
