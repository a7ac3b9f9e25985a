import {
  isSqlProblem,
  type DescribedColumn,
  type DescribeRequest,
  type ParsedExpression,
  type ParsedQuery,
  type QueryOutput,
  type SqlAnalyser,
  type SqlProblem,
  type SqlRelation,
} from '@millrace/compiler';
import { formatLogicalType, type Field } from '@millrace/spec';
import { parseDuckdbType } from '@millrace/sql';

import { AnalysisDatabase, type NativeColumn } from './analysis-database.ts';
import { AnswerMemory } from './answer-memory.ts';
import { describeProblem } from './describe-problem.ts';
import { ExpressionBatch } from './expression-batch.ts';
import { forbiddenPath } from './forbidden-functions.ts';
import { loadFunctionCatalogue, type FunctionCatalogue } from './function-catalogue.ts';
import { calledValues, checkInputs, inspectTree, type TreeFacts } from './inspect-tree.ts';
import type { TracedColumn } from './lineage/origins.ts';
import { traceQuery } from './lineage/trace-query.ts';
import { nodeAt, type TreeNode } from './parse-tree.ts';
import { readStatement } from './parse-statement.ts';
import { oneExpression, readExpression } from './read-expression.ts';
import { relationsSql } from './relation-sql.ts';
import { SqlText } from './sql-text.ts';
import { TextBatch } from './text-batch.ts';

/** Far above what a person writes as one step; a generated list of values may be longer, and belongs in a table. */
const MAX_CHARACTERS = 100_000;
/** What each memory may keep, in characters of questions. */
const MEMORY_CHARACTERS = 16_000_000;

/** Opens an analyser with a DuckDB of its own, in memory and locked. Takes 0.1 s; open one and keep it. */
export async function openSqlAnalyser(): Promise<SqlAnalyser & AsyncDisposable> {
  const database = await AnalysisDatabase.open();
  return new DuckdbSqlAnalyser(database, await loadFunctionCatalogue(database));
}

interface Parsed {
  readonly expression: ParsedExpression;
  readonly facts: TreeFacts;
}

interface Statement {
  readonly tree: TreeNode;
  readonly facts: TreeFacts;
}

class DuckdbSqlAnalyser implements SqlAnalyser, AsyncDisposable {
  readonly #database: AnalysisDatabase;
  readonly #catalogue: FunctionCatalogue;
  readonly #batch: TextBatch;
  readonly #typed: ExpressionBatch;
  readonly #expressions = new AnswerMemory<Parsed | SqlProblem>(MEMORY_CHARACTERS);
  readonly #statements = new AnswerMemory<Statement | SqlProblem>(MEMORY_CHARACTERS);
  readonly #descriptions = new AnswerMemory<readonly DescribedColumn[] | SqlProblem>(MEMORY_CHARACTERS);
  readonly #columns = new AnswerMemory<DescribedColumn | undefined>(MEMORY_CHARACTERS);
  readonly #queries = new AnswerMemory<ParsedQuery | SqlProblem>(MEMORY_CHARACTERS);

  constructor(database: AnalysisDatabase, catalogue: FunctionCatalogue) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#batch = new TextBatch((texts) => database.parse(texts));
    this.#typed = new ExpressionBatch(async (sql) => (await database.describe(sql)).map(describedColumn));
  }

  async parseExpression(text: string): Promise<ParsedExpression | SqlProblem> {
    const parsed = await this.#parsed(text);
    return isSqlProblem(parsed) ? parsed : parsed.expression;
  }

  parseQuery(text: string, relations: readonly SqlRelation[]): Promise<ParsedQuery | SqlProblem> {
    return this.#queries.recall(questionOf(text, relations), () => this.#parseQuery(text, relations));
  }

  async describe(request: DescribeRequest): Promise<readonly DescribedColumn[] | SqlProblem> {
    const { sql, relations } = request;
    const column = await this.#describeExpression(request);
    if (column !== undefined) return [column];
    return this.#descriptions.recall(questionOf(sql, relations), () => this.#describe(sql, relations));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  /** What an expression over plain columns gives; undefined for any other, and when something is wrong with it. */
  async #describeExpression({
    expression: text,
    relations,
  }: DescribeRequest): Promise<DescribedColumn | undefined> {
    const parsed = text === undefined ? undefined : await this.#parsed(text);
    if (text === undefined || parsed === undefined || isSqlProblem(parsed)) return undefined;
    const columns = namedColumns(parsed, relations);
    if (columns === undefined) return undefined;
    const types = [...columns].map(([name, { type }]) => `${name} ${formatLogicalType(type)}`);
    return this.#columns.recall([...types, text].join('\n'), () => this.#typed.ask({ text, columns }));
  }

  #parsed(text: string): Promise<Parsed | SqlProblem> {
    return this.#expressions.recall(text, () => this.#parseExpression(text));
  }

  async #parseExpression(text: string): Promise<Parsed | SqlProblem> {
    const prefix = 'SELECT ';
    const sqlText = new SqlText(text, prefix);
    const tree = await this.#parse(sqlText, prefix, 'SELECT (');
    if (isSqlProblem(tree)) return tree;
    return withinStack(sqlText, () => {
      const expression = oneExpression(tree, sqlText);
      if (isSqlProblem(expression)) return expression;
      const facts = inspectTree(tree, sqlText, this.#catalogue);
      if (isSqlProblem(facts)) return facts;
      for (const { name, position } of facts.relations) {
        const reason = forbiddenPath(name);
        if (reason !== undefined)
          return sqlText.problem('forbidden', `${name} ${reason}`, { position, name });
      }
      const read = readExpression(expression, facts, sqlText, this.#catalogue);
      return isSqlProblem(read) ? read : { expression: read, facts };
    });
  }

  /** The statement a text is, whatever it reads. */
  #statement(text: string): Promise<Statement | SqlProblem> {
    return this.#statements.recall(text, async () => {
      const sqlText = new SqlText(text);
      const tree = await this.#parse(sqlText, '', 'FROM (');
      if (isSqlProblem(tree)) return tree;
      return withinStack(sqlText, () => {
        const facts = inspectTree(tree, sqlText, this.#catalogue);
        return isSqlProblem(facts) ? facts : { tree, facts };
      });
    });
  }

  async #parseQuery(text: string, relations: readonly SqlRelation[]): Promise<ParsedQuery | SqlProblem> {
    const statement = await this.#statement(text);
    if (isSqlProblem(statement)) return statement;
    const columns = await this.describe({ sql: text, relations });
    if (isSqlProblem(columns)) return columns;
    const { tree, facts } = statement;
    const read = new Set(facts.relations.map(({ name }) => name.toLowerCase()));
    const trace = traceQuery(tree, relations, this.#catalogue);
    const values = calledValues(facts, relations).map(({ name }) => name.toLowerCase());
    const changing = [...new Set([...facts.changing, ...values])];
    return {
      tables: relations.filter(({ name }) => read.has(name.toLowerCase())).map(({ name }) => name),
      functions: [...new Set([...facts.functions, ...values])],
      isDeterministic: changing.length === 0,
      changing,
      outputs: trace.outputs === null ? null : nameOutputs(trace.outputs, columns),
      uses: trace.uses,
    };
  }

  async #describe(
    sql: string,
    relations: readonly SqlRelation[],
  ): Promise<readonly DescribedColumn[] | SqlProblem> {
    const statement = await this.#statement(sql);
    if (isSqlProblem(statement)) return statement;
    const { tree, facts } = statement;
    const unknown = checkInputs(facts, relations, new SqlText(sql));
    if (unknown !== undefined) return unknown;
    const head = relationsSql(relations, facts.names);
    // A text with a WITH of its own cannot follow another WITH.
    const isNested = head !== '' && nodeAt(tree, 'cte_map') !== undefined;
    const [before, after] = isNested ? [`${head}FROM (`, '\n)'] : [head, ''];
    try {
      return (await this.#database.describe(before + sql + after)).map(describedColumn);
    } catch (error) {
      return describeProblem(error, {
        tree,
        text: new SqlText(sql, before),
        relations,
        catalogue: this.#catalogue,
      });
    }
  }

  /** The tree of a text behind `prefix`; `embedded` is how the text will be put into a statement. */
  async #parse(sqlText: SqlText, prefix: string, embedded: string): Promise<TreeNode | SqlProblem> {
    const { text } = sqlText;
    const unfit = unfitText(sqlText);
    if (unfit !== undefined) return unfit;
    const tree = readStatement(await this.#batch.ask(prefix + text), sqlText);
    if (isSqlProblem(tree) || !text.includes(';')) return tree;
    // A semicolon at the end parses alone, and breaks what the text is put into.
    const embeddedText = new SqlText(text, embedded);
    const answer = readStatement(await this.#batch.ask(`${embedded}${text}\n)`), embeddedText);
    if (!isSqlProblem(answer)) return tree;
    return { ...answer, message: 'a semicolon ends a statement, and this is a part of one' };
  }
}

/**
 * The columns that an expression names, by their names in lower case. Undefined when it is more than an expression over
 * columns of one name each, or something is wrong with it.
 */
function namedColumns(
  { expression, facts }: Parsed,
  relations: readonly SqlRelation[],
): ReadonlyMap<string, Field> | undefined {
  const { isAggregate, isWindow, hasSubquery, columns } = expression;
  if (isAggregate || isWindow || hasSubquery || facts.names === null || facts.values.length > 0)
    return undefined;
  if (facts.relations.length > 0 || columns.some(({ table }) => table !== null)) return undefined;
  const found = new Map<string, Field>();
  for (const { fields } of relations) {
    for (const field of fields) {
      const name = field.name.toLowerCase();
      if (!facts.names.has(name)) continue;
      if (found.has(name)) return undefined;
      found.set(name, field);
    }
  }
  return found.size === facts.names.size ? found : undefined;
}

/** Two questions are one when the text, and names and types of what it may read, are the same. */
function questionOf(sql: string, relations: readonly SqlRelation[]): string {
  return relations.map(signatureOf).join('\n') + '\0' + sql;
}

const signatures = new WeakMap<SqlRelation, string>();

function signatureOf(relation: SqlRelation): string {
  const known = signatures.get(relation);
  if (known !== undefined) return known;
  const fields = relation.fields.map(({ name, type }) => [name, formatLogicalType(type)]);
  const signature = JSON.stringify([relation.name, ...fields]);
  signatures.set(relation, signature);
  return signature;
}

function unfitText(sqlText: SqlText): SqlProblem | undefined {
  const { text } = sqlText;
  if (text.length > MAX_CHARACTERS) {
    return sqlText.problem('other', `it has ${text.length} characters, and the limit is ${MAX_CHARACTERS}`);
  }
  // DuckDB would read up to here and run the half of it.
  const nul = text.indexOf('\0');
  return nul === -1
    ? undefined
    : { ...sqlText.problem('syntax', 'it contains the character U+0000'), offset: nul, length: 1 };
}

/** Trees of thousands of UNIONs are deeper than JavaScript's stack. */
function withinStack<Answer>(text: SqlText, work: () => Answer): Answer | SqlProblem {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return text.problem('other', 'it is nested too deeply');
    throw error;
  }
}

/** Lineage under DuckDB's own names; null when DuckDB sees other columns than the tracing did. */
function nameOutputs(
  traced: readonly TracedColumn[],
  columns: readonly DescribedColumn[],
): readonly QueryOutput[] | null {
  if (traced.length !== columns.length) return null;
  const outputs: QueryOutput[] = [];
  for (const [index, { name, origins }] of traced.entries()) {
    const column = columns[index];
    if (column === undefined || (name !== '' && name.toLowerCase() !== column.name.toLowerCase()))
      return null;
    outputs.push({ name: column.name, from: [...origins.values()] });
  }
  return outputs;
}

function describedColumn({ name, nativeType }: NativeColumn): DescribedColumn {
  return { name, nativeType, type: parseDuckdbType(nativeType) ?? null };
}
