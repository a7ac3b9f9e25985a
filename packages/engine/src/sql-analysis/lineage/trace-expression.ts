import type { ColumnUse } from '@millrace/compiler';

import type { FunctionCatalogue } from '../function-catalogue.ts';
import { valueFunction } from '../inspect-tree.ts';
import { lambdaParameters } from '../lambda-parameters.ts';
import { childrenOf, nodeAt, nodesAt, textAt, textsAt, type TreeNode } from '../parse-tree.ts';
import { deriveOrigins, mergeOrigins, NO_ORIGINS, type Origins, type TracedColumn } from './origins.ts';
import { Untraceable, type Scope } from './scope.ts';

/** What expressions need of the tracing of the query around them. */
export interface Tracing {
  readonly catalogue: FunctionCatalogue;
  /** Notes what columns do to a result without being in it. */
  use(origins: Origins, how: ColumnUse): void;
  subquery(query: TreeNode, scope: Scope): readonly TracedColumn[];
}

/** What the value of an expression is made of. */
export function traceExpression(
  node: TreeNode,
  scope: Scope,
  tracing: Tracing,
  isAliasFirst = false,
): Origins {
  const inside = (child: TreeNode): Origins => traceExpression(child, scope, tracing, isAliasFirst);
  switch (node['class']) {
    case 'COLUMN_REF':
      return traceColumn(node, scope, isAliasFirst);
    case 'CONSTANT':
      return NO_ORIGINS;
    case 'STAR':
      throw new Untraceable('*');
    case 'POSITIONAL_REFERENCE': {
      const column = scope.allColumns()[Number(node['index']) - 1];
      if (column === undefined) throw new Untraceable('#');
      return column.origins;
    }
    case 'FUNCTION':
      return traceCall(node, scope, tracing, inside);
    case 'WINDOW':
      return traceWindow(node, tracing, inside);
    case 'SUBQUERY':
      return traceSubquery(node, scope, tracing, inside);
    default:
      return deriveOrigins(mergeOrigins(childrenOf(node).map(inside)), 'transformed');
  }
}

function traceColumn(node: TreeNode, scope: Scope, isAliasFirst: boolean): Origins {
  const names = textsAt(node, 'column_names');
  const origins = scope.resolve(names, isAliasFirst);
  if (origins !== undefined) return origins;
  if (valueFunction(node) === undefined) throw new Untraceable(names.join('.'));
  return NO_ORIGINS;
}

type TraceChild = (child: TreeNode) => Origins;

function traceCall(node: TreeNode, scope: Scope, tracing: Tracing, inside: TraceChild): Origins {
  const facts = tracing.catalogue.get(textAt(node, 'function_name').toLowerCase());
  const filter = nodeAt(node, 'filter');
  if (filter !== undefined) tracing.use(inside(filter), 'filtered');
  for (const order of ordersOf(node, 'order_bys')) tracing.use(inside(order), 'sorted');
  const parts = nodesAt(node, 'children').map((child) => {
    const parameters = lambdaParameters(node, child, tracing.catalogue);
    const body = parameters === undefined ? undefined : nodeAt(child, 'expr');
    return parameters === undefined || body === undefined
      ? inside(child)
      : traceExpression(body, scope.withParameters(parameters), tracing);
  });
  return deriveOrigins(mergeOrigins(parts), facts?.isAggregate === true ? 'aggregated' : 'transformed');
}

function traceWindow(node: TreeNode, tracing: Tracing, inside: TraceChild): Origins {
  for (const partition of nodesAt(node, 'partitions')) tracing.use(inside(partition), 'grouped');
  for (const key of ['orders', 'arg_orders']) {
    for (const order of nodesAt(node, key)) tracing.use(inside(nodeAt(order, 'expression') ?? {}), 'sorted');
  }
  const filter = nodeAt(node, 'filter_expr');
  if (filter !== undefined) tracing.use(inside(filter), 'filtered');
  const values = ['offset_expr', 'default_expr', 'start_expr', 'end_expr'].flatMap((key) =>
    nodeIn(node, key),
  );
  const parts = [...nodesAt(node, 'children'), ...values].map(inside);
  return deriveOrigins(
    mergeOrigins(parts),
    node['type'] === 'WINDOW_AGGREGATE' ? 'aggregated' : 'transformed',
  );
}

function traceSubquery(node: TreeNode, scope: Scope, tracing: Tracing, inside: TraceChild): Origins {
  const query = nodeAt(nodeAt(node, 'subquery') ?? {}, 'node');
  if (query === undefined) throw new Untraceable('subquery');
  const columns = tracing.subquery(query, scope);
  const child = nodeAt(node, 'child');
  const parts = child === undefined ? [] : [inside(child)];
  // Whether rows exist depends on how they were filtered, not on what they hold.
  if (!textAt(node, 'subquery_type').endsWith('EXISTS')) parts.push(...columns.map(({ origins }) => origins));
  return deriveOrigins(mergeOrigins(parts), 'transformed');
}

/** The expressions of an ORDER BY that stands under a key. */
export function ordersOf(node: TreeNode, key: string): readonly TreeNode[] {
  const modifier = nodeAt(node, key);
  return modifier === undefined
    ? []
    : nodesAt(modifier, 'orders').flatMap((order) => nodeIn(order, 'expression'));
}

/** True when an expression calls an aggregate, but not in a query of its own. */
export function callsAggregate(node: TreeNode, catalogue: FunctionCatalogue): boolean {
  if (node['class'] === 'SUBQUERY') return false;
  if (
    node['class'] === 'FUNCTION' &&
    catalogue.get(textAt(node, 'function_name').toLowerCase())?.isAggregate === true
  )
    return true;
  return childrenOf(node).some((child) => callsAggregate(child, catalogue));
}

function nodeIn(node: TreeNode, key: string): readonly TreeNode[] {
  const found = nodeAt(node, key);
  return found === undefined ? [] : [found];
}
