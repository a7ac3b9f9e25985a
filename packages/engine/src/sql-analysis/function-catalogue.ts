import type { AnalysisDatabase } from './analysis-database.ts';
import { isExpression, isNode, textAt, walk, type TreeNode, type TreeValue } from './parse-tree.ts';

export interface FunctionFacts {
  readonly isAggregate: boolean;
  /** False when the same arguments can give another value another time. */
  readonly isDeterministic: boolean;
  readonly takesLambda: boolean;
}

/** What DuckDB knows of its functions, by name in lower case; macros count as what they are made of. */
export type FunctionCatalogue = ReadonlyMap<string, FunctionFacts>;

/** Declared volatile only so that it is not folded away; it never gives a value. */
const DETERMINISTIC_IN_FACT = new Set(['error']);
/** Declared consistent, and the first two read the clock, the third takes a sample at random. */
const CHANGING_IN_FACT = new Set(['current_localtime', 'current_localtimestamp', 'reservoir_quantile']);

const FUNCTIONS_SQL = `
  SELECT lower(function_name), bool_or(function_type = 'aggregate'), coalesce(bool_and(stability = 'CONSISTENT'), true),
         coalesce(bool_or(list_contains(parameter_types, 'LAMBDA')), false), any_value(macro_definition)
  FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro', 'table') GROUP BY ALL ORDER BY ALL`;

export async function loadFunctionCatalogue(database: AnalysisDatabase): Promise<FunctionCatalogue> {
  const catalogue = new Map<string, FunctionFacts>();
  const macros = new Map<string, string>();
  for (const [name, isAggregate, isConsistent, takesLambda, macro] of await database.query(FUNCTIONS_SQL)) {
    const key = String(name);
    catalogue.set(key, {
      isAggregate: isAggregate === true,
      isDeterministic:
        (isConsistent === true || DETERMINISTIC_IN_FACT.has(key)) && !CHANGING_IN_FACT.has(key),
      takesLambda: takesLambda === true,
    });
    if (typeof macro === 'string') macros.set(key, macro);
  }
  const names = [...macros.keys()];
  const trees = await database.parse([...macros.values()].map((definition) => `SELECT ${definition}`));
  const calls = new Map(names.map((name, index) => [name, functionsIn(trees[index] ?? '')]));
  for (const name of names) catalogue.set(name, macroFacts(name, calls, catalogue));
  return catalogue;
}

/** Names that DuckDB reads as a call where no column has them. */
export const VALUE_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['current_date', 'current_date'],
  ['current_time', 'get_current_time'],
  ['current_timestamp', 'get_current_timestamp'],
  ['localtime', 'current_localtime'],
  ['localtimestamp', 'current_localtimestamp'],
]);

function macroFacts(
  name: string,
  calls: ReadonlyMap<string, readonly string[]>,
  catalogue: FunctionCatalogue,
  seen: ReadonlySet<string> = new Set(),
): FunctionFacts {
  const parts = (calls.get(name) ?? [])
    .filter((called) => called !== name && !seen.has(called))
    .map((called) =>
      calls.has(called)
        ? macroFacts(called, calls, catalogue, new Set([...seen, name]))
        : catalogue.get(called),
    );
  return {
    isAggregate: parts.some((part) => part?.isAggregate === true),
    isDeterministic: parts.every((part) => part?.isDeterministic !== false),
    takesLambda: false,
  };
}

function functionsIn(json: string): readonly string[] {
  const tree: TreeValue = JSON.parse(json);
  const names: string[] = [];
  if (!isNode(tree)) return names;
  walk(tree, (node: TreeNode) => {
    if (isExpression(node, 'FUNCTION')) names.push(textAt(node, 'function_name').toLowerCase());
    const columns = isExpression(node, 'COLUMN_REF') ? node['column_names'] : undefined;
    const value = Array.isArray(columns) ? VALUE_FUNCTIONS.get(String(columns[0]).toLowerCase()) : undefined;
    if (value !== undefined) names.push(value);
  });
  return names;
}
