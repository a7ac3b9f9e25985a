import { formatTableName, nearestNames, type TableName } from '@millrace/spec';

import { CATALOG, foldName, tableKey, text } from '../warehouse/names.ts';
import type { Session } from '../warehouse/session.ts';
import { pointAt } from './point-at.ts';
import { queryFailure } from './query-failure.ts';

/** Table functions that compute from their arguments alone. Others reach into the instance that everyone shares. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'unnest',
  'range',
  'generate_series',
  'json_each',
  'json_tree',
  'repeat',
  'repeat_row',
  'regexp_split_to_table',
]);

/** A statement that may be run, and the tables it reads. */
export interface CheckedStatement {
  readonly sql: string;
  readonly tables: readonly TableName[];
}

const EXPLAIN = /^\s*explain\s+(?:analyze\s+)?/iu;

/**
 * Refuses a statement that is no SELECT, that reads anything but `tables`, or that calls a table function which does more
 * than compute. Both the names and the calls come from DuckDB's own parser.
 */
export async function checkStatement(
  session: Session,
  sql: string,
  tables: readonly TableName[],
  signal: AbortSignal,
): Promise<CheckedStatement> {
  const [explain = ''] = EXPLAIN.exec(sql) ?? [];
  // What follows is checked as a SELECT of its own, so a word that only looks like EXPLAIN changes nothing.
  const select = sql.slice(explain.length);
  const pointed = (reason: string, offset: number | undefined): string =>
    offset === undefined ? reason : `${reason}\n\n${pointAt(sql, Buffer.byteLength(explain) + offset)}`;
  const tree = await parse(session, select, pointed, signal);
  const known = new Map(tables.map((table) => [tableKey(table), table]));
  const read: (TableName & { readonly offset: number | undefined })[] = [];
  const withs = new Set<string>();
  visit(tree, (node) => {
    const name = textAt(node, 'function_name').toLowerCase();
    if (node['type'] === 'TABLE_FUNCTION') {
      const called = node['function'];
      const callee = isNode(called) ? textAt(called, 'function_name').toLowerCase() : '';
      if (!TABLE_FUNCTIONS.has(callee)) throw queryFailure(`${callee} cannot be called here. Read datasets.`);
    }
    if (name === 'getenv') throw queryFailure('getenv cannot be called here. Read datasets.');
    if (node['type'] === 'SHOW_REF' && !isNode(node['query']))
      read.push({
        ...tableName(textAt(node, 'schema_name'), unquote(textAt(node, 'table_name'))),
        offset: offsetOf(node),
      });
    if (node['type'] === 'BASE_TABLE') {
      const catalog = textAt(node, 'catalog_name');
      const schema = textAt(node, 'schema_name');
      read.push({
        ...tableName(
          catalog === '' || foldName(catalog) === CATALOG ? schema : `${catalog}.${schema}`,
          textAt(node, 'table_name'),
        ),
        offset: offsetOf(node),
      });
    }
    const map = node['cte_map'];
    const entries = isNode(map) && Array.isArray(map['map']) ? map['map'] : [];
    for (const entry of entries) if (isNode(entry)) withs.add(foldName(textAt(entry, 'key')));
    if (node['type'] === 'RECURSIVE_CTE_NODE') withs.add(foldName(textAt(node, 'cte_name')));
  });
  // A name of WITH hides a table only where it is in scope; DuckDB knows where that is.
  const bound = new Set(
    [...session.connection.getTableNames(select, true)].map((name) => foldName(unquote(name))),
  );
  const found = new Map<string, TableName>();
  for (const table of read) {
    const dataset = known.get(tableKey(table));
    if (dataset !== undefined) {
      found.set(tableKey(table), dataset);
      continue;
    }
    const folded = foldName(table.name);
    if (table.schema === undefined && withs.has(folded) && !bound.has(folded)) continue;
    const said = formatTableName(table);
    const near = nearestNames(said, tables.map(formatTableName));
    throw queryFailure(
      pointed(
        `There is no dataset ${said}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
        table.offset,
      ),
    );
  }
  return { sql: explain + select, tables: [...found.values()] };
}

async function parse(
  session: Session,
  sql: string,
  pointed: (reason: string, offset: number | undefined) => string,
  signal: AbortSignal,
): Promise<Node> {
  const [row] = await session.texts(`SELECT CAST(json_serialize_sql(${text(sql)}) AS VARCHAR)`, signal);
  const tree: unknown = JSON.parse(row?.[0] ?? 'null');
  if (isNode(tree) && tree['error'] === false && Array.isArray(tree['statements'])) {
    if (tree['statements'].length === 1) return tree;
    throw queryFailure(`One statement was expected, and there are ${tree['statements'].length}.`);
  }
  const reason = isNode(tree) ? textAt(tree, 'error_message') : '';
  throw queryFailure(
    /only select statements/iu.test(reason)
      ? 'Only statements that read are answered: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE and EXPLAIN.'
      : pointed(
          reason || 'The statement cannot be parsed.',
          isNode(tree) ? offsetOf(tree, 'position') : undefined,
        ),
  );
}

/** In bytes of the statement; DuckDB tells numbers that are too large for JSON, and the place of a parse error, as texts. */
function offsetOf(node: Node, key = 'query_location'): number | undefined {
  const value = node[key];
  const offset = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : undefined;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look);
  if (!isNode(value)) return;
  look(value);
  for (const child of Object.values(value)) visit(child, look);
}

function textAt(node: Node, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

function tableName(schema: string, name: string): TableName {
  return schema === '' ? { name } : { schema, name };
}

function unquote(name: string): string {
  return /^"(?:[^"]|"")*"$/u.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}
