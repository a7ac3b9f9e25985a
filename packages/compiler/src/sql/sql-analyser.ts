import type { Field, LogicalType } from '@millrace/spec';

/** What a query may read: a name that it uses in FROM, with typed columns. */
export interface SqlRelation {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** One SELECT over the relations, and over nothing else. */
export interface DescribeRequest {
  readonly relations: readonly SqlRelation[];
  readonly sql: string;
  /** Given when `sql` only selects this expression from the relations: it is then described together with others. */
  readonly expression?: string;
}

/**
 * What is wrong: the text is no SQL (`syntax`), it names a column, function or table that is not there, types do not fit
 * (`type`), or it asks for what no query of a pipeline may do (`forbidden`). DuckDB's other refusals are `other`.
 */
export type SqlProblemKind = 'syntax' | 'column' | 'function' | 'table' | 'type' | 'forbidden' | 'other';

/** Why a text cannot be used. Found, not thrown: a person can mend it. */
export interface SqlProblem {
  readonly kind: SqlProblemKind;
  /** DuckDB's reason in one line, without position and without its suggestions. */
  readonly message: string;
  /** Where in the given text, in UTF-16 code units; null when DuckDB does not tell. */
  readonly offset: number | null;
  /** How much of the text it is about; 0 when that is not known. */
  readonly length: number;
  /** The name that is not known or not allowed, as it would be written without quotes. */
  readonly name: string | null;
  /** Names that exist and look like `name`, nearest first. */
  readonly nearest: readonly string[];
}

export interface DescribedColumn {
  readonly name: string;
  /** As DuckDB writes it, like `DECIMAL(38,2)` or `STRUCT(a INTEGER)`. */
  readonly nativeType: string;
  /** Null for a type that no logical type holds, like INTERVAL or a list. */
  readonly type: LogicalType | null;
}

/**
 * A column as an expression names it: `table` is null when it is not qualified. Of a dotted name the first two parts are table and column, as
 * no logical type has fields.
 */
export interface ColumnRef {
  readonly table: string | null;
  readonly column: string;
  /** Where its name begins in the given text, in UTF-16 code units. */
  readonly offset: number;
}

/**
 * What one expression reads, from DuckDB's own parse tree. Names are as they were written, without quotes. Unqualified, `current_date`,
 * `current_time`, `current_timestamp`, `localtime` and `localtimestamp` are functions.
 */
export interface ParsedExpression {
  /** Every mention, in the order of the text; parameters of lambda functions are none. */
  readonly columns: readonly ColumnRef[];
  /** Lower-cased, each once; `count(*)` is `count_star`. Operators are none. */
  readonly functions: readonly string[];
  readonly isAggregate: boolean;
  readonly isWindow: boolean;
  readonly hasSubquery: boolean;
  /** False when the same row can give another value another time, like `random()` or `now()`. */
  readonly isDeterministic: boolean;
  /** What makes it so: functions, and TABLESAMPLE. */
  readonly changing: readonly string[];
  /** Set when the expression is just a column. */
  readonly column: ColumnRef | null;
}

/** What becomes of a column on its way into another. */
export type ColumnDerivation = 'copied' | 'transformed' | 'aggregated';

/** What a column does to a result without being in it. */
export type ColumnUse = 'filtered' | 'joined' | 'grouped' | 'sorted';

export interface QueryOutput {
  readonly name: string;
  readonly from: readonly {
    readonly table: string;
    readonly column: string;
    readonly how: ColumnDerivation;
  }[];
}

/** What one SELECT reads, from DuckDB's own parse tree. */
export interface ParsedQuery {
  /** The relations it reads, each once, named as they were given. */
  readonly tables: readonly string[];
  /** Lower-cased, each once. */
  readonly functions: readonly string[];
  readonly isDeterministic: boolean;
  /** What makes it not deterministic: functions, and TABLESAMPLE. */
  readonly changing: readonly string[];
  /** Its columns and where each comes from; null, with no `uses`, when that cannot be told honestly, as after a PIVOT. */
  readonly outputs: readonly QueryOutput[] | null;
  readonly uses: readonly { readonly table: string; readonly column: string; readonly how: ColumnUse }[];
}

/**
 * Answers questions about SQL in DuckDB's dialect; the data plane implements it with DuckDB itself. Never runs the SQL it is given, and touches no file and
 * no network. Names are compared as DuckDB does: without regard to case.
 *
 * Questions asked in one turn of the event loop are answered together, so ask many before awaiting one. The same question
 * is answered from memory.
 */
export interface SqlAnalyser {
  /**
   * One expression as it stands in a SELECT list, in WHERE or in ORDER BY. Does not look at types. To put it into a statement, write `(`, the
   * text, a line break (it may end with a comment) and `)`.
   */
  parseExpression(text: string): Promise<ParsedExpression | SqlProblem>;
  /** Exactly one SELECT (also WITH, FROM first, VALUES, PIVOT … IN); anything else is `forbidden`. Refuses what `describe` refuses. */
  parseQuery(text: string, relations: readonly SqlRelation[]): Promise<ParsedQuery | SqlProblem>;
  /** The columns that a SELECT gives, in order. */
  describe(request: DescribeRequest): Promise<readonly DescribedColumn[] | SqlProblem>;
}

/** Tells a problem from an answer. */
export function isSqlProblem(answer: object): answer is SqlProblem {
  return 'kind' in answer && 'offset' in answer && 'nearest' in answer;
}
