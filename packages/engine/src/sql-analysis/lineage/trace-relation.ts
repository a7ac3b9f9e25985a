import { nodeAt, nodesAt, textAt, textsAt, type TreeNode, type TreeValue } from '../parse-tree.ts';
import { deriveOrigins, mergeOrigins, type Origins, type TracedColumn } from './origins.ts';
import { Untraceable, type Scope } from './scope.ts';
import { traceExpression, type Tracing } from './trace-expression.ts';

/** What FROM needs beyond expressions: the inputs themselves. */
export interface RelationTracing extends Tracing {
  input(name: string): readonly TracedColumn[];
}

/** Adds what stands in FROM to a scope. */
export function traceRelation(node: TreeNode, scope: Scope, tracing: RelationTracing): void {
  const type = textAt(node, 'type');
  switch (type) {
    case 'EMPTY':
      return;
    case 'JOIN':
      return traceJoin(node, scope, tracing);
    case 'BASE_TABLE': {
      const name = textAt(node, 'table_name');
      const columns = scope.commonTables.get(name.toLowerCase()) ?? tracing.input(name);
      return addSource(node, name, columns, scope);
    }
    case 'SUBQUERY': {
      const query = nodeAt(nodeAt(node, 'subquery') ?? {}, 'node');
      if (query === undefined) throw new Untraceable(type);
      return addSource(node, 'unnamed_subquery', tracing.subquery(query, scope), scope);
    }
    case 'EXPRESSION_LIST':
      return addSource(node, 'valueslist', traceValues(node, scope, tracing), scope);
    case 'TABLE_FUNCTION':
      return traceTableFunction(node, scope, tracing);
    default:
      throw new Untraceable(type);
  }
}

function addSource(node: TreeNode, name: string, columns: readonly TracedColumn[], scope: Scope): void {
  const alias = textAt(node, 'alias') || name;
  scope.add({
    alias: alias.toLowerCase(),
    columns: renameColumns(columns, textsAt(node, 'column_name_alias')),
  });
}

/** The columns under the names that `AS t(a, b)` gives to the first of them. */
export function renameColumns(
  columns: readonly TracedColumn[],
  names: readonly string[],
): readonly TracedColumn[] {
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

function traceJoin(node: TreeNode, scope: Scope, tracing: RelationTracing): void {
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  if (left === undefined || right === undefined) throw new Untraceable('JOIN');
  const first = scope.sourceCount;
  traceRelation(left, scope, tracing);
  const boundary = scope.sourceCount;
  traceRelation(right, scope, tracing);
  const joinType = textAt(node, 'join_type');
  const isNatural = node['ref_type'] === 'NATURAL';
  const using = isNatural ? scope.sharedColumns(boundary) : textsAt(node, 'using_columns');
  // Names in USING mean the two sides alone, which is all there is while nothing stands before them.
  if (using.length > 0 && first > 0) throw new Untraceable('USING');
  for (const name of using) {
    for (const side of scope.mergeColumn(name, boundary, joinType)) tracing.use(side, 'joined');
  }
  const condition = nodeAt(node, 'condition');
  if (condition !== undefined) tracing.use(traceExpression(condition, scope, tracing), 'joined');
  if (joinType === 'SEMI' || joinType === 'ANTI') scope.keepFirst(boundary);
}

function traceValues(node: TreeNode, scope: Scope, tracing: RelationTracing): readonly TracedColumn[] {
  const rows = rowsOf(node['values']);
  return (rows[0] ?? []).map((_, index) => ({
    name: `col${index}`,
    origins: mergeOrigins(
      rows.map((row) => (row[index] === undefined ? new Map() : traceExpression(row[index], scope, tracing))),
    ),
  }));
}

function rowsOf(values: TreeValue | undefined): readonly (readonly TreeNode[])[] {
  return Array.isArray(values) ? values.map((row: TreeValue) => nodesAt({ row }, 'row')) : [];
}

const JSON_COLUMNS = ['key', 'value', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'];

/** The columns of table functions whose columns do not depend on their arguments. */
const FUNCTION_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  range: ['range'],
  generate_series: ['generate_series'],
  json_each: JSON_COLUMNS,
  json_tree: JSON_COLUMNS,
};

function traceTableFunction(node: TreeNode, scope: Scope, tracing: RelationTracing): void {
  const call = nodeAt(node, 'function') ?? {};
  const name = textAt(call, 'function_name').toLowerCase();
  const names = textsAt(node, 'column_name_alias');
  // UNNEST of structs gives a column for each field; with one name it is a list of plain values.
  const columns = FUNCTION_COLUMNS[name] ?? (name === 'unnest' && names.length === 1 ? names : undefined);
  if (columns === undefined || node['with_ordinality'] !== undefined) throw new Untraceable(name);
  const origins: Origins = deriveOrigins(
    mergeOrigins(nodesAt(call, 'children').map((child) => traceExpression(child, scope, tracing))),
    'transformed',
  );
  addSource(
    node,
    name,
    columns.map((column) => ({ name: column, origins })),
    scope,
  );
}
