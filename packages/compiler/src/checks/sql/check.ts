import { queryText } from '../../sql/query-text.ts';
import { isSqlProblem } from '../../sql/sql-analyser.ts';
import { defineCheckCompiler } from '../check-compiler.ts';
import { columnSql } from '../check-sql.ts';

const EXAMPLE_COLUMNS = 5;

export const sql = defineCheckCompiler({
  name: 'sql',
  async compile({ query: statement, from = [] }, context) {
    const query = queryText(statement);
    const { relation } = context;
    const others = [...new Set(from)].filter((ref) => ref !== relation.ref);
    const relations = [relation, ...others.flatMap((ref) => context.other(ref) ?? [])].map(
      ({ ref, fields }) => ({ ref, name: context.nameOf(ref), fields }),
    );
    if (relations.length <= others.length) return undefined;
    const [parsed, columns] = await Promise.all([
      context.sql.parseQuery(query, relations),
      context.sql.describe({ relations, sql: query }),
    ]);
    const problem = isSqlProblem(parsed) ? parsed : isSqlProblem(columns) ? columns : undefined;
    if (problem !== undefined) {
      context.reportProblem(problem, statement, ['query']);
      return undefined;
    }
    // On lines of its own, so that a comment at its end hides nothing.
    const renamed = relations.filter(({ ref, name }) => ref !== name);
    const names = renamed.map(({ ref, name }) => `${columnSql(name)} AS (FROM ${columnSql(ref)})`);
    const returned =
      names.length === 0 ? `(\n${query}\n)` : `(WITH ${names.join(', ')} SELECT * FROM (\n${query}\n))`;
    const shown = isSqlProblem(columns) ? [] : columns.slice(0, EXAMPLE_COLUMNS).map(({ name }) => name);
    const texts = shown.map((name) => `left(CAST(${columnSql(name)} AS VARCHAR), 80) AS ${columnSql(name)}`);
    return (measures) => {
      const [failing = ''] = measures.query(
        ['failing'],
        others,
        ([name]) => `SELECT CAST(count(*) AS VARCHAR) AS ${name} FROM ${returned}`,
      );
      return {
        columns: [],
        expected: 'no row',
        reads: 'state',
        examples: {
          sql: `SELECT ${texts.join(', ')} FROM ${returned} ORDER BY ALL LIMIT 3`,
          shown,
          relations: others,
        },
        rule: {
          kind: 'returned',
          subject: `The query over ${relation.ref}`,
          failing,
          rows: measures.rows('state'),
        },
      };
    };
  },
});
