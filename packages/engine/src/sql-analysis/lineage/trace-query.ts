import type { ColumnUse, ParsedQuery, SqlRelation } from '@millrace/compiler';

import type { FunctionCatalogue } from '../function-catalogue.ts';
import { isNode, nodeAt, nodesAt, textAt, textsAt, type TreeNode } from '../parse-tree.ts';
import { mergeOrigins, originOf, type Origins, type TracedColumn } from './origins.ts';
import { type CommonTables, Scope, Untraceable } from './scope.ts';
import { callsAggregate, traceExpression } from './trace-expression.ts';
import { renameColumns, traceRelation, type RelationTracing } from './trace-relation.ts';

export interface QueryTrace {
  /** Null where it cannot be told; `uses` is empty then. */
  readonly outputs: readonly TracedColumn[] | null;
  readonly uses: ParsedQuery['uses'];
}

/** Follows every column of a query back to the inputs. */
export function traceQuery(
  tree: TreeNode,
  relations: readonly SqlRelation[],
  catalogue: FunctionCatalogue,
): QueryTrace {
  const tracer = new QueryTracer(relations, catalogue);
  try {
    const outputs = tracer.traceNode(tree, new Map(), undefined);
    return { outputs, uses: [...tracer.uses.values()] };
  } catch (error) {
    if (!(error instanceof Untraceable || error instanceof RangeError)) throw error;
    return { outputs: null, uses: [] };
  }
}

class QueryTracer implements RelationTracing {
  readonly catalogue: FunctionCatalogue;
  readonly uses = new Map<string, ParsedQuery['uses'][number]>();
  readonly #inputs: ReadonlyMap<string, readonly TracedColumn[]>;

  constructor(relations: readonly SqlRelation[], catalogue: FunctionCatalogue) {
    this.catalogue = catalogue;
    this.#inputs = new Map(
      relations.map(({ name, fields }) => [
        name.toLowerCase(),
        fields.map((field) => ({ name: field.name, origins: originOf(name, field.name) })),
      ]),
    );
  }

  input(name: string): readonly TracedColumn[] {
    const columns = this.#inputs.get(name.toLowerCase());
    if (columns === undefined) throw new Untraceable(name);
    return columns;
  }

  use(origins: Origins, how: ColumnUse): void {
    for (const { table, column } of origins.values()) {
      this.uses.set(JSON.stringify([table, column, how]), { table, column, how });
    }
  }

  subquery(query: TreeNode, scope: Scope): readonly TracedColumn[] {
    return this.traceNode(query, scope.commonTables, scope);
  }

  traceNode(node: TreeNode, known: CommonTables, outer: Scope | undefined): readonly TracedColumn[] {
    const commonTables = this.#traceCommonTables(node, known, outer);
    switch (node['type']) {
      case 'SELECT_NODE':
        return this.#traceSelect(node, new Scope(commonTables, outer));
      case 'SET_OPERATION_NODE':
        return this.#traceSetOperation(node, commonTables, outer);
      case 'RECURSIVE_CTE_NODE':
        return this.#traceRecursion(node, commonTables, outer);
      default:
        throw new Untraceable(textAt(node, 'type'));
    }
  }

  #traceCommonTables(node: TreeNode, known: CommonTables, outer: Scope | undefined): CommonTables {
    const entries = nodesAt(nodeAt(node, 'cte_map') ?? {}, 'map');
    if (entries.length === 0) return known;
    const tables = new Map(known);
    for (const entry of entries) {
      const value = nodeAt(entry, 'value') ?? {};
      const query = nodeAt(nodeAt(value, 'query') ?? {}, 'node') ?? {};
      const columns = renameColumns(this.traceNode(query, tables, outer), textsAt(value, 'aliases'));
      tables.set(textAt(entry, 'key').toLowerCase(), columns);
    }
    return tables;
  }

  #traceSelect(node: TreeNode, scope: Scope): readonly TracedColumn[] {
    traceRelation(nodeAt(node, 'from_table') ?? { type: 'EMPTY' }, scope, this);
    const items = nodesAt(node, 'select_list');
    const outputs: TracedColumn[] = [];
    const grouped: Origins[] = [];
    for (const item of items) {
      const columns = this.#traceItem(item, scope);
      outputs.push(...columns);
      for (const { name, origins } of columns) {
        if (name !== '') scope.aliases.set(name.toLowerCase(), origins);
        if (!callsAggregate(item, this.catalogue)) grouped.push(origins);
      }
    }
    if (node['aggregate_handling'] === 'FORCE_AGGREGATES') this.use(mergeOrigins(grouped), 'grouped');
    for (const clause of ['where_clause', 'having', 'qualify']) {
      const condition = nodeAt(node, clause);
      if (condition !== undefined) this.use(traceExpression(condition, scope, this), 'filtered');
    }
    for (const group of nodesAt(node, 'group_expressions'))
      this.use(this.#traceTarget(group, outputs, scope, false), 'grouped');
    this.#traceModifiers(node, outputs, scope);
    return outputs;
  }

  #traceItem(item: TreeNode, scope: Scope): readonly TracedColumn[] {
    if (item['class'] === 'STAR') return this.#traceStar(item, scope);
    const names = item['class'] === 'COLUMN_REF' ? textsAt(item, 'column_names') : [];
    return [
      { name: textAt(item, 'alias') || (names.at(-1) ?? ''), origins: traceExpression(item, scope, this) },
    ];
  }

  #traceStar(star: TreeNode, scope: Scope): readonly TracedColumn[] {
    // COLUMNS('pattern') and COLUMNS(lambda) choose by rules of their own.
    if (nodeAt(star, 'expr') !== undefined) throw new Untraceable('COLUMNS');
    const excluded = new Set(textsAt(star, 'exclude_list').map((name) => name.toLowerCase()));
    const excludedOf = new Set(nodesAt(star, 'qualified_exclude_list').map(qualifiedKey));
    const replaced = new Map(
      nodesAt(star, 'replace_list').map((entry) => [
        textAt(entry, 'key').toLowerCase(),
        nodeAt(entry, 'value'),
      ]),
    );
    const renamed = new Map(
      nodesAt(star, 'rename_list').map((entry) => {
        const key = nodeAt(entry, 'key') ?? {};
        return [
          textAt(key, 'table') === '' ? textAt(key, 'column').toLowerCase() : qualifiedKey(key),
          textAt(entry, 'value'),
        ];
      }),
    );
    return scope.allColumns(textAt(star, 'relation_name')).flatMap((column) => {
      const key = column.name.toLowerCase();
      const keyOfSource = qualifiedKey({ table: column.source, column: column.name });
      if (excluded.has(key) || excludedOf.has(keyOfSource)) return [];
      const value = replaced.get(key);
      const origins = value === undefined ? column.origins : traceExpression(value, scope, this);
      return [{ name: renamed.get(keyOfSource) ?? renamed.get(key) ?? column.name, origins }];
    });
  }

  #traceSetOperation(
    node: TreeNode,
    commonTables: CommonTables,
    outer: Scope | undefined,
  ): readonly TracedColumn[] {
    const [left, right] = ['left', 'right'].map((key) =>
      this.traceNode(nodeAt(node, key) ?? {}, commonTables, outer),
    );
    if (left === undefined || right === undefined) throw new Untraceable('UNION');
    const outputs = this.#combine(textAt(node, 'setop_type'), left, right);
    if (node['setop_all'] === false) this.use(mergeOrigins(outputs.map(({ origins }) => origins)), 'grouped');
    this.#traceModifiers(node, outputs, new Scope(commonTables, outer));
    return outputs;
  }

  #combine(
    type: string,
    left: readonly TracedColumn[],
    right: readonly TracedColumn[],
  ): readonly TracedColumn[] {
    switch (type) {
      case 'UNION':
        return left.map(({ name, origins }, index) => ({
          name,
          origins: mergeOrigins([origins, right[index]?.origins ?? new Map()]),
        }));
      case 'UNION_BY_NAME':
        return unionByName(left, right);
      case 'EXCEPT':
      case 'INTERSECT':
        this.use(mergeOrigins(right.map(({ origins }) => origins)), 'filtered');
        return left;
      default:
        throw new Untraceable(type);
    }
  }

  /** Follows the query into itself until that finds nothing new. */
  #traceRecursion(
    node: TreeNode,
    commonTables: CommonTables,
    outer: Scope | undefined,
  ): readonly TracedColumn[] {
    const name = textAt(node, 'cte_name').toLowerCase();
    const right = nodeAt(node, 'right') ?? {};
    let columns = this.traceNode(nodeAt(node, 'left') ?? {}, commonTables, outer);
    for (let before = -1, size = 0; size > before;) {
      const next = this.traceNode(
        right,
        new Map([...commonTables, [name, renameColumns(columns, textsAt(node, 'aliases'))]]),
        outer,
      );
      columns = columns.map((column, index) => ({
        name: column.name,
        origins: mergeOrigins([column.origins, next[index]?.origins ?? new Map()]),
      }));
      before = size;
      size = JSON.stringify(columns.map(({ origins }) => [...origins.values()])).length;
    }
    return columns;
  }

  #traceModifiers(node: TreeNode, outputs: readonly TracedColumn[], scope: Scope): void {
    for (const { name, origins } of outputs) if (name !== '') scope.aliases.set(name.toLowerCase(), origins);
    for (const modifier of nodesAt(node, 'modifiers')) {
      if (modifier['type'] === 'DISTINCT_MODIFIER') {
        const targets = nodesAt(modifier, 'distinct_on_targets');
        const origins = targets.map((target) => this.#traceTarget(target, outputs, scope, false));
        this.use(
          mergeOrigins(targets.length > 0 ? origins : outputs.map((output) => output.origins)),
          'grouped',
        );
      }
      for (const order of nodesAt(modifier, 'orders')) {
        this.use(this.#traceTarget(nodeAt(order, 'expression') ?? {}, outputs, scope, true), 'sorted');
      }
    }
  }

  /** A target of GROUP BY, DISTINCT ON or ORDER BY: an expression, the number of an output, or ALL. */
  #traceTarget(
    target: TreeNode,
    outputs: readonly TracedColumn[],
    scope: Scope,
    isAliasFirst: boolean,
  ): Origins {
    if (target['class'] === 'STAR') return mergeOrigins(outputs.map(({ origins }) => origins));
    const value = target['class'] === 'CONSTANT' ? nodeAt(target, 'value') : undefined;
    const ordinal = isNode(value) ? value['value'] : undefined;
    if (typeof ordinal === 'number') return outputs[ordinal - 1]?.origins ?? new Map();
    return traceExpression(target, scope, this, isAliasFirst);
  }
}

function unionByName(left: readonly TracedColumn[], right: readonly TracedColumn[]): readonly TracedColumn[] {
  if ([...left, ...right].some(({ name }) => name === '')) throw new Untraceable('UNION BY NAME');
  const byName = new Map(left.map((column) => [column.name.toLowerCase(), column]));
  for (const column of right) {
    const key = column.name.toLowerCase();
    const known = byName.get(key);
    byName.set(
      key,
      known === undefined
        ? column
        : { name: known.name, origins: mergeOrigins([known.origins, column.origins]) },
    );
  }
  return [...byName.values()];
}

function qualifiedKey(node: TreeNode): string {
  return JSON.stringify([textAt(node, 'table').toLowerCase(), textAt(node, 'column').toLowerCase()]);
}
