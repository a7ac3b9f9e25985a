import { queryText } from '../../sql/query-text.ts';
import { isSqlProblem } from '../../sql/sql-analyser.ts';
import { duplicateNames, isSameName } from '../../transform/columns.ts';
import { defineTransformVerb, type InputRelation } from '../../transform/transform-verb.ts';

export const sql = defineTransformVerb({
  name: 'sql',
  async build({ sql: settings }, context) {
    const inputs = namedInputs(settings.from, context.inputs);
    const query = queryText(settings.query);
    const relations = inputs.map(({ alias, fields }) => ({ name: alias, fields }));
    const [parsed, described] = await Promise.all([
      context.sql.parseQuery(query, relations),
      context.sql.describe({ relations, sql: query }),
    ]);
    const problem = isSqlProblem(parsed) ? parsed : isSqlProblem(described) ? described : undefined;
    if (problem !== undefined) {
      context.reportProblem(problem, settings.query, ['query']);
      return undefined;
    }
    if (isSqlProblem(parsed) || isSqlProblem(described)) return undefined;
    if (!parsed.isDeterministic) {
      context.report('sqlNotDeterministic', { functions: parsed.changing }, ['query']);
      return undefined;
    }
    const [twice] = duplicateNames(described.map(({ name }) => name));
    if (twice !== undefined) {
      context.report('columnTwice', { step: context.step, column: twice }, ['query']);
      return undefined;
    }
    const refs = new Map(inputs.map(({ alias, ref }) => [alias.toLowerCase(), ref]));
    const refOf = (table: string) => refs.get(table.toLowerCase()) ?? table;
    const columns = described.map(({ name }) => ({
      name,
      from: (parsed.outputs?.find((output) => isSameName(output.name, name))?.from ?? []).map(
        ({ table, column, how }) => ({ ref: refOf(table), column, how }),
      ),
      nullable: true,
    }));
    const key: string[] = [];
    for (const [index, name] of (settings.key ?? []).entries()) {
      const fields = described.map((column) => ({
        name: column.name,
        type: { kind: 'string' as const },
        nullable: true,
      }));
      const field = context.column(name, ['key', index], { ref: context.step, fields, key: [] });
      if (field === undefined) return undefined;
      key.push(field.name);
    }
    return [
      {
        inputs: inputs.map(({ alias, ref }) => ({ alias, ref })),
        sql: query,
        columns,
        uses: parsed.uses.map(({ table, column, how }) => ({ ref: refOf(table), column, how })),
        key,
        incrementality: { kind: 'whole', reason: 'a query of its own can mean anything' },
      },
    ];
  },
});

function namedInputs(
  from: readonly string[] | Readonly<Record<string, string>>,
  inputs: readonly InputRelation[],
): readonly InputRelation[] {
  if (Array.isArray(from)) return inputs;
  return Object.keys(from).flatMap((alias, index) => {
    const input = inputs[index];
    return input === undefined ? [] : [{ ...input, alias }];
  });
}
