import type { SqlProblem, SqlRelation } from '@millrace/compiler';
import { nearestNames } from '@millrace/spec';

import { forbiddenCall, forbiddenRelation, forbiddenValue, READS_CATALOGUE } from './forbidden-functions.ts';
import { VALUE_FUNCTIONS, type FunctionCatalogue } from './function-catalogue.ts';
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

/** What a tree calls and reads, as far as that can be told without knowing its inputs. */
export interface TreeFacts {
  /** In lower case; operators are none. */
  readonly functions: ReadonlySet<string>;
  /** Relations it reads that no WITH of its own gives, each with one place. */
  readonly relations: readonly NamedPlace[];
  /** Every part of every name, in lower case; null when it also reads columns that it does not name. */
  readonly names: ReadonlySet<string> | null;
  /** Unqualified names that DuckDB reads as a call where no column has them, like `current_date`. */
  readonly values: readonly NamedPlace[];
  /** What can give another value another time, as it is written. */
  readonly changing: ReadonlySet<string>;
}

export interface NamedPlace {
  readonly name: string;
  readonly position: number | undefined;
}

/** FROM items that only compute over inputs. */
const RELATION_KINDS: ReadonlySet<string> = new Set([
  'BASE_TABLE',
  'EMPTY',
  'EXPRESSION_LIST',
  'JOIN',
  'PIVOT',
  'SUBQUERY',
  'TABLE_FUNCTION',
]);
const QUERY_KINDS: ReadonlySet<string> = new Set([
  'SELECT_NODE',
  'SET_OPERATION_NODE',
  'RECURSIVE_CTE_NODE',
  'CTE_NODE',
]);

/** Looks through a whole tree; a problem when it asks for anything but to compute over its inputs. */
export function inspectTree(
  tree: TreeNode,
  text: SqlText,
  catalogue: FunctionCatalogue,
): TreeFacts | SqlProblem {
  const inspection = new TreeInspection(text, catalogue);
  inspection.visit(tree, new Set());
  return inspection.problem ?? inspection.facts();
}

class TreeInspection {
  problem: SqlProblem | undefined;
  readonly #text: SqlText;
  readonly #catalogue: FunctionCatalogue;
  readonly #functions = new Set<string>();
  readonly #relations = new Map<string, NamedPlace>();
  readonly #names = new Set<string>();
  readonly #values: NamedPlace[] = [];
  #readsUnnamed = false;
  readonly #changing = new Set<string>();

  constructor(text: SqlText, catalogue: FunctionCatalogue) {
    this.#text = text;
    this.#catalogue = catalogue;
  }

  facts(): TreeFacts {
    const readsWholeRows = [...this.#relations.keys()].some((name) => this.#names.has(name));
    return {
      functions: this.#functions,
      relations: [...this.#relations.values()],
      names: this.#readsUnnamed || readsWholeRows ? null : this.#names,
      values: this.#values,
      changing: this.#changing,
    };
  }

  /** `ctes`: the names that WITH gives at this place, in lower case. */
  visit(node: TreeNode, ctes: ReadonlySet<string>): void {
    if (this.problem !== undefined) return;
    this.#inspect(node, ctes);
    const inside = this.#withOwn(node, ctes);
    eachChild(
      node,
      (child) => {
        const isLambda = lambdaParameters(node, child, this.#catalogue) !== undefined;
        this.visit((isLambda ? nodeAt(child, 'expr') : undefined) ?? child, inside);
      },
      'cte_map',
    );
  }

  /** The names that WITH gives inside of a node; what stands in it is visited. */
  #withOwn(node: TreeNode, ctes: ReadonlySet<string>): ReadonlySet<string> {
    const isRecursive = node['type'] === 'RECURSIVE_CTE_NODE';
    if (node['cte_map'] === undefined && !isRecursive) return ctes;
    const inside = new Set(ctes);
    for (const entry of nodesAt(nodeAt(node, 'cte_map') ?? {}, 'map')) {
      const query = nodeAt(entry, 'value');
      if (query !== undefined) this.visit(query, new Set(inside));
      inside.add(textAt(entry, 'key').toLowerCase());
    }
    if (isRecursive) inside.add(textAt(node, 'cte_name').toLowerCase());
    return inside;
  }

  #inspect(node: TreeNode, ctes: ReadonlySet<string>): void {
    switch (node['class']) {
      case 'FUNCTION':
      case 'WINDOW':
        return this.#inspectCall(node, 'expression');
      case 'COLUMN_REF':
        return this.#inspectColumn(node);
      case 'STAR':
      case 'POSITIONAL_REFERENCE':
        this.#readsUnnamed = true;
        return;
      case 'PARAMETER':
        this.problem = this.#text.problem('other', 'a parameter ($1 or ?) has no value here', {
          position: positionOf(node),
        });
        return;
      case undefined:
        return this.#inspectRelation(node, ctes);
      default:
    }
  }

  #inspectCall(node: TreeNode, where: 'expression' | 'table'): void {
    const name = textAt(node, 'function_name').toLowerCase();
    const position = positionOf(node);
    const reason = forbiddenCall(name, where);
    if (reason !== undefined) {
      this.problem = this.#text.problem('forbidden', `${name} ${reason}`, { position, part: -1, name });
      return;
    }
    if (node['is_operator'] !== true) this.#functions.add(name);
    const facts = this.#catalogue.get(name);
    if (facts === undefined && node['is_operator'] !== true && position !== undefined) {
      const nearest = nearestNames(name, callable(this.#catalogue));
      this.problem = this.#text.problem('function', `there is no function ${name}`, {
        position,
        part: -1,
        name,
        nearest,
      });
    }
    if (facts?.isDeterministic === false) this.#changing.add(name);
  }

  #inspectColumn(node: TreeNode): void {
    const names = textsAt(node, 'column_names');
    for (const name of names) this.#names.add(name.toLowerCase());
    const [name = '', second] = names;
    const isValue =
      second === undefined && (valueFunction(node) !== undefined || forbiddenValue(name) !== undefined);
    if (isValue) this.#values.push({ name, position: positionOf(node) });
  }

  #inspectRelation(node: TreeNode, ctes: ReadonlySet<string>): void {
    if (nodeAt(node, 'sample') !== undefined) this.#changing.add('TABLESAMPLE');
    const type = textAt(node, 'type');
    if (type.endsWith('_NODE') && !QUERY_KINDS.has(type)) {
      this.problem = this.#text.problem('forbidden', 'it is not a SELECT');
      return;
    }
    if (type === 'JOIN') this.#inspectJoin(node);
    if (type === 'PIVOT') this.#readsUnnamed = true;
    if (type === 'BASE_TABLE') this.#inspectTable(node, ctes);
    const call = type === 'TABLE_FUNCTION' ? nodeAt(node, 'function') : undefined;
    if (call !== undefined) this.#inspectCall(call, 'table');
    for (const key of ['from_table', 'left', 'right', 'source']) {
      const from = nodeAt(node, key);
      if (
        from === undefined ||
        QUERY_KINDS.has(textAt(from, 'type')) ||
        RELATION_KINDS.has(textAt(from, 'type'))
      )
        continue;
      this.problem ??= this.#text.problem('forbidden', `it ${READS_CATALOGUE}`);
    }
  }

  #inspectJoin(node: TreeNode): void {
    if (node['ref_type'] === 'NATURAL') this.#readsUnnamed = true;
    for (const name of textsAt(node, 'using_columns')) this.#names.add(name.toLowerCase());
  }

  #inspectTable(node: TreeNode, ctes: ReadonlySet<string>): void {
    const name = textAt(node, 'table_name');
    const schema = textAt(node, 'schema_name');
    const position = positionOf(node);
    const isQualified = schema !== '' || textAt(node, 'catalog_name') !== '';
    if (!isQualified && ctes.has(name.toLowerCase())) return;
    // A view of the catalogue is refused where no input has its name; see `checkInputs`.
    if (isQualified) {
      const reason = forbiddenRelation(schema, name) ?? 'is no input: an input is named without a schema';
      this.problem = this.#text.problem('forbidden', `${schema}.${name} ${reason}`, {
        position,
        part: -1,
        name,
      });
      return;
    }
    const key = name.toLowerCase();
    if (!this.#relations.has(key)) this.#relations.set(key, { name, position });
  }
}

/** A problem when a tree reads something that is none of the inputs. */
export function checkInputs(
  facts: TreeFacts,
  inputs: readonly SqlRelation[],
  text: SqlText,
): SqlProblem | undefined {
  const names = inputs.map(({ name }) => name);
  const known = new Set(names.map((name) => name.toLowerCase()));
  for (const { name, position } of facts.relations) {
    if (known.has(name.toLowerCase())) continue;
    const reason = forbiddenRelation('', name);
    return reason === undefined
      ? text.problem('table', `there is no input ${name}`, {
          position,
          name,
          nearest: nearestNames(name, names),
        })
      : text.problem('forbidden', `${name} ${reason}`, { position, name });
  }
  for (const { name, position } of calledValues(facts, inputs)) {
    const reason = forbiddenValue(name);
    if (reason !== undefined) return text.problem('forbidden', `${name} ${reason}`, { position, name });
  }
  return undefined;
}

/** The names among `values` that are calls, because no input has a column of that name. */
export function calledValues(facts: TreeFacts, inputs: readonly SqlRelation[]): readonly NamedPlace[] {
  if (facts.values.length === 0) return [];
  const columns = new Set(inputs.flatMap(({ fields }) => fields.map(({ name }) => name.toLowerCase())));
  return facts.values.filter(({ name }) => !columns.has(name.toLowerCase()));
}

/** The functions one may call by a plain name. */
export function callable(catalogue: FunctionCatalogue): readonly string[] {
  return [...catalogue.keys()].filter(
    (name) => /^[a-z]\w*$/u.test(name) && forbiddenCall(name, 'expression') === undefined,
  );
}

/** The function that an unqualified name calls when no column has it, like `current_date`. */
export function valueFunction(node: TreeNode): string | undefined {
  const [name = '', second] = isExpression(node, 'COLUMN_REF') ? textsAt(node, 'column_names') : [];
  return second === undefined ? VALUE_FUNCTIONS.get(name.toLowerCase()) : undefined;
}
