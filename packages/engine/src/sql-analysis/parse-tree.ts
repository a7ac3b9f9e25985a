/** What `json_serialize_sql` gives: DuckDB's parse tree as JSON, with defaults, nulls and empty values left out. */
export type TreeValue = string | number | boolean | null | readonly TreeValue[] | TreeNode;

export interface TreeNode {
  readonly [key: string]: TreeValue | undefined;
}

/** DuckDB's mark of a node that stands nowhere in the text: the largest unsigned 64-bit integer. */
const NOWHERE = 2 ** 53;

export function isNode(value: TreeValue | undefined): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The node under a key. */
export function nodeAt(node: TreeNode, key: string): TreeNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

/** The nodes of the list under a key. */
export function nodesAt(node: TreeNode, key: string): readonly TreeNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter((item: TreeValue) => isNode(item)) : [];
}

export function textAt(node: TreeNode, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

export function textsAt(node: TreeNode, key: string): readonly string[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter((item: TreeValue) => typeof item === 'string') : [];
}

/** Where the node begins, in bytes of the parsed text; undefined for what the parser added itself. */
export function positionOf(node: TreeNode): number | undefined {
  const value = node['query_location'];
  return typeof value === 'number' && value < NOWHERE ? value : undefined;
}

/** Every node directly inside of a node, whatever key it stands under. */
export function childrenOf(node: TreeNode): readonly TreeNode[] {
  const children: TreeNode[] = [];
  eachChild(node, (child) => children.push(child));
  return children;
}

/** Visits what `childrenOf` lists, but for what stands under the key `except`. */
export function eachChild(node: TreeNode, visit: (child: TreeNode) => void, except?: string): void {
  for (const key of Object.keys(node)) if (key !== except) visitIn(node[key], visit);
}

function visitIn(value: TreeValue | undefined, visit: (child: TreeNode) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) visit(value);
  else for (const item of value) visitIn(item, visit);
}

/** Visits a node and all below it, outermost first; a visitor that answers false keeps out of the node's inside. */
export function walk(node: TreeNode, visit: (node: TreeNode) => boolean | void): void {
  const pending = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (visit(current) !== false) pending.push(...childrenOf(current).toReversed());
  }
}

/** True for expressions; FROM items, queries and modifiers have a type alone. */
export function isExpression(node: TreeNode, kind: string): boolean {
  return node['class'] === kind;
}
