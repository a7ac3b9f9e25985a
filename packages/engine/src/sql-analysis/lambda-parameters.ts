import type { FunctionCatalogue } from './function-catalogue.ts';
import { isExpression, nodeAt, textAt, textsAt, walk, type TreeNode } from './parse-tree.ts';

/**
 * The parameters of a lambda, in lower case, when `child` is one: an argument of a function that takes lambdas. Undefined otherwise, and also
 * for JSON's `->`, which the parser cannot tell from a lambda.
 */
export function lambdaParameters(
  parent: TreeNode,
  child: TreeNode,
  catalogue: FunctionCatalogue,
): readonly string[] | undefined {
  if (!isExpression(child, 'LAMBDA') || !isExpression(parent, 'FUNCTION')) return undefined;
  if (catalogue.get(textAt(parent, 'function_name').toLowerCase())?.takesLambda !== true) return undefined;
  const names: string[] = [];
  walk(nodeAt(child, 'lhs') ?? {}, (node) => {
    if (isExpression(node, 'COLUMN_REF'))
      names.push(...textsAt(node, 'column_names').map((name) => name.toLowerCase()));
  });
  return names;
}
