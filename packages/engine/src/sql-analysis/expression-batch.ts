import type { DescribedColumn } from '@millrace/compiler';
import { formatLogicalType, type Field, type LogicalType } from '@millrace/spec';

import { relationsSql } from './relation-sql.ts';

/** More in one statement save nothing further. */
const MOST_AT_ONCE = 50;
const RELATION = 'relation';

/** An expression that names columns, and those columns. */
export interface TypedExpression {
  readonly text: string;
  /** Every name in it, in lower case, with the type of the column that it is. */
  readonly columns: ReadonlyMap<string, Field>;
}

type Describe = (sql: string) => Promise<readonly DescribedColumn[]>;

/**
 * Collects expressions and has those of a batch described in one SELECT as far as their columns agree: a tenth of the cost
 * of a statement for each. While DuckDB answers, the next batch is collected. Undefined for those among which one is wrong.
 */
export class ExpressionBatch {
  readonly #describe: Describe;
  #waiting: Question[] = [];
  #isUnderWay = false;

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  ask(expression: TypedExpression): Promise<DescribedColumn | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ expression, resolve });
      if (this.#isUnderWay) return;
      this.#isUnderWay = true;
      setImmediate(() => void this.#answerAll());
    });
  }

  async #answerAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const questions = this.#waiting;
      this.#waiting = [];
      await Promise.all(groupsOf(questions).map((group) => this.#answer(group)));
    }
    this.#isUnderWay = false;
  }

  async #answer({ questions, columns }: Group): Promise<void> {
    const relation = { name: RELATION, fields: [...columns.values()] };
    const list = questions.map(({ expression }) => `(${expression.text}\n)`).join(', ');
    const sql = `${relationsSql([relation], null)}SELECT ${list} FROM ${RELATION}`;
    const described = await this.#describe(sql).catch(() => []);
    const isWhole = described.length === questions.length;
    for (const [index, { resolve }] of questions.entries()) resolve(isWhole ? described[index] : undefined);
  }
}

interface Question {
  readonly expression: TypedExpression;
  readonly resolve: (column: DescribedColumn | undefined) => void;
}

interface Group {
  readonly questions: Question[];
  readonly columns: Map<string, Field>;
}

function groupsOf(questions: readonly Question[]): readonly Group[] {
  const groups: Group[] = [];
  for (const question of questions) {
    const group = groups.findLast((candidate) => takes(candidate, question.expression));
    if (group === undefined)
      groups.push({ questions: [question], columns: new Map(question.expression.columns) });
    else {
      group.questions.push(question);
      for (const [name, field] of question.expression.columns) group.columns.set(name, field);
    }
  }
  return groups;
}

/** Whether a column means the same to all: all its expressions name it with one type. */
function takes({ questions, columns }: Group, expression: TypedExpression): boolean {
  if (questions.length >= MOST_AT_ONCE) return false;
  for (const [name, { type }] of expression.columns) {
    const known = columns.get(name);
    if (known !== undefined && !isSame(known.type, type)) return false;
  }
  return true;
}

function isSame(left: LogicalType, right: LogicalType): boolean {
  return left === right || formatLogicalType(left) === formatLogicalType(right);
}
