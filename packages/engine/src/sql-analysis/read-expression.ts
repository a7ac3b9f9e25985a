import type { ColumnRef, ParsedExpression, SqlProblem } from '@millrace/compiler';

import type { FunctionCatalogue } from './function-catalogue.ts';
import { valueFunction, type TreeFacts } from './inspect-tree.ts';
import { lambdaParameters } from './lambda-parameters.ts';
import {
  eachChild,
  isExpression,
  nodeAt,
  nodesAt,
  positionOf,
  textAt,
  textsAt,
  type TreeNode,
} from './parse-tree.ts';
import type { SqlText } from './sql-text.ts';

/** The clauses that make a SELECT more than its one expression. */
const CLAUSES = [
  'where_clause',
  'group_expressions',
  'group_sets',
  'having',
  'qualify',
  'sample',
  'modifiers',
  'cte_map',
];

/** The expression of `SELECT <text>`, or why the text is not exactly one. */
export function oneExpression(tree: TreeNode, text: SqlText): TreeNode | SqlProblem {
  const [expression, second] = nodesAt(tree, 'select_list');
  const from = textAt(nodeAt(tree, 'from_table') ?? {}, 'type');
  const isAlone =
    tree['type'] === 'SELECT_NODE' &&
    second === undefined &&
    from === 'EMPTY' &&
    tree['aggregate_handling'] === 'STANDARD_HANDLING' &&
    CLAUSES.every((clause) => tree[clause] === undefined);
  if (expression === undefined || !isAlone) {
    return text.problem('syntax', 'it is not one expression', {
      position: second === undefined ? undefined : positionOf(second),
    });
  }
  if (textAt(expression, 'alias') !== '') {
    const name = textAt(expression, 'alias');
    return text.problem('syntax', 'an expression has no name of its own here', { name });
  }
  return expression;
}

/** What an expression reads. */
export function readExpression(
  expression: TreeNode,
  facts: TreeFacts,
  text: SqlText,
  catalogue: FunctionCatalogue,
): ParsedExpression | SqlProblem {
  const reader = new ExpressionReader(text, catalogue);
  reader.visit(expression, new Set(), false);
  if (reader.problem !== undefined) return reader.problem;
  const changing = [...new Set([...facts.changing, ...reader.valueFunctions])];
  const columns = reader.columns.toSorted((left, right) => left.offset - right.offset);
  return {
    columns,
    functions: [...facts.functions, ...reader.valueFunctions],
    isAggregate: reader.isAggregate,
    isWindow: reader.isWindow,
    hasSubquery: reader.hasSubquery,
    isDeterministic: changing.length === 0,
    changing,
    column: isExpression(expression, 'COLUMN_REF') ? (columns[0] ?? null) : null,
  };
}

class ExpressionReader {
  problem: SqlProblem | undefined;
  readonly columns: ColumnRef[] = [];
  readonly valueFunctions = new Set<string>();
  isAggregate = false;
  isWindow = false;
  hasSubquery = false;
  readonly #text: SqlText;
  readonly #catalogue: FunctionCatalogue;

  constructor(text: SqlText, catalogue: FunctionCatalogue) {
    this.#text = text;
    this.#catalogue = catalogue;
  }

  visit(node: TreeNode, parameters: ReadonlySet<string>, isInSubquery: boolean): void {
    if (isExpression(node, 'COLUMN_REF')) this.#addColumn(node, parameters);
    else if (isExpression(node, 'WINDOW')) this.isWindow ||= !isInSubquery;
    else if (isExpression(node, 'FUNCTION')) {
      const facts = this.#catalogue.get(textAt(node, 'function_name').toLowerCase());
      if (!isInSubquery && facts?.isAggregate === true) this.isAggregate = true;
    } else if (isExpression(node, 'STAR') && !isInSubquery) {
      this.problem ??= this.#text.problem(
        'other',
        '* stands for many columns; name the ones that are meant',
        {
          position: positionOf(node),
          length: 1,
        },
      );
    } else if (isExpression(node, 'SUBQUERY')) this.hasSubquery = true;
    const isInside = isInSubquery || isExpression(node, 'SUBQUERY');
    eachChild(node, (child) => {
      const own = lambdaParameters(node, child, this.#catalogue);
      if (own === undefined) this.visit(child, parameters, isInside);
      else {
        const body = nodeAt(child, 'expr');
        if (body !== undefined) this.visit(body, new Set([...parameters, ...own]), isInside);
      }
    });
  }

  #addColumn(node: TreeNode, parameters: ReadonlySet<string>): void {
    const names = textsAt(node, 'column_names');
    const [first = '', second] = names;
    if (parameters.has(first.toLowerCase())) return;
    const value = valueFunction(node);
    if (value !== undefined) {
      this.valueFunctions.add(value);
      return;
    }
    const offset = this.#text.offsetOfPart(positionOf(node), second === undefined ? 0 : 1) ?? 0;
    this.columns.push(
      second === undefined
        ? { table: null, column: first, offset }
        : { table: first, column: second, offset },
    );
  }
}
