import type {
  DiagnosticCode,
  DiagnosticParams,
  DocumentPath,
  Edit,
  Field,
  LogicalType,
  TransformStep,
  TransformVerbName,
} from '@millrace/spec';

import type { CodeSettings, FoundCode } from '../code/find-code.ts';
import type {
  Incrementality,
  LineageUse,
  PlannedCode,
  PlannedStepColumn,
  RowsKept,
  StepColumn,
  StepInput,
} from '../plan.ts';
import type { DescribedColumn, ParsedExpression, SqlAnalyser, SqlProblem } from '../sql/sql-analyser.ts';

/** Rows that a step can read. */
export interface Relation {
  /** `orders`, or `routed.large` for a named output. */
  readonly ref: string;
  readonly fields: readonly Field[];
  /** Columns that together are unique in it, when that is known; else empty. */
  readonly key: readonly string[];
  /** For ORDER BY over its columns, when a person gave its rows an order. */
  readonly order?: string;
}

/** A relation as the SQL of a step names it. */
export interface InputRelation extends Relation {
  readonly alias: string;
}

/** A column of a result as the steps after it see it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** Set when DuckDB's own type is none of the language's and the value is converted. */
  readonly conversion?: string;
}

/** What a verb makes of its inputs: one SELECT per output, and what is known of the result. */
export interface OutputQuery {
  /** Absent for the step's own rows. Names that begin with `~` are read by later outputs of the same step only. */
  readonly output?: string;
  readonly inputs: readonly StepInput[];
  /** One SELECT over the aliases of the inputs. It names no other table and ends without a semicolon. */
  readonly sql: string;
  /** Its columns in order, each with where it comes from; with their field where it is that of `result`. */
  readonly columns: readonly (StepColumn | PlannedStepColumn)[];
  /** The same columns with their types, when every part of the statement was described before; else DuckDB is asked. */
  readonly result?: readonly ResultColumn[] | undefined;
  /**
   * Every column of an input that decides about rows or values without being among `columns`: a change of any other
   * column is taken for no change.
   */
  readonly uses: readonly LineageUse[];
  readonly key: readonly string[];
  readonly incrementality: Incrementality;
  /** What of its inputs' rows is in the result, by number; absent where rows are joined, grouped or made. */
  readonly rows?: RowsKept;
  /** For ORDER BY over its columns: what `limit` goes by when nothing else is said. */
  readonly order?: string;
  /** The reference to the key of masks, when the SQL reads `MASK_KEY`. */
  readonly maskKey?: string;
  readonly reveals?: readonly string[];
  /** When rows go through a function: what the SQL gives it, and what comes of that. */
  readonly code?: QueryCode;
  /** What a person should know of the result. */
  readonly notes?: readonly string[];
}

/** A function over the rows of a query, and the columns that come out, in the order of the query's `columns`. */
export interface QueryCode {
  readonly run: PlannedCode;
  readonly fields: readonly Field[];
}

/** An expression of the document, parsed and bound to the columns that it reads. */
export interface Expression {
  /** As written, with its window if it was given one, in parentheses. */
  readonly sql: string;
  readonly parsed: ParsedExpression;
  /** The columns of the inputs that it reads, each once. */
  readonly reads: readonly { readonly ref: string; readonly column: string }[];
  /** The field when the expression is just a column. */
  readonly copied: Field | undefined;
  /** What it gives; undefined in a frame that is more than a SELECT of it. */
  readonly described: DescribedColumn | undefined;
}

export interface ExpressionRules {
  /** What the expression may hold; everything that is not named is refused with the reason. */
  readonly allows?: readonly ('aggregate' | 'window')[];
  /** The statement in which it is tried; the first one is put around it. Default: a SELECT over the inputs. */
  readonly frame?: { readonly before: string; readonly after: string };
  /** It must be true or false. */
  readonly isCondition?: boolean;
  /** Its last call looks over this window, which stands in OVER. */
  readonly over?: string;
  /** Names that it may read beside the columns of the inputs, such as measures in HAVING. */
  readonly beside?: readonly Field[];
}

/** What a verb is given to build with. Paths are below the settings of the verb. */
export interface BuildContext {
  readonly step: string;
  /** The inputs in the order of the verb's slots, with names that differ. */
  readonly inputs: readonly InputRelation[];
  readonly sql: SqlAnalyser;
  report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    path: DocumentPath,
    fixes?: readonly Edit[],
    part?: 'key' | 'value',
  ): void;
  /** Reports what is wrong with a text of SQL at its place. */
  reportProblem(problem: SqlProblem, text: string, path: DocumentPath): void;
  /** The path in the document, for fixes. */
  at(path: DocumentPath): DocumentPath;
  /** Undefined when something is wrong with it, which is reported at its place in the text. */
  expression(
    text: string,
    path: DocumentPath,
    scope: readonly InputRelation[],
    rules?: ExpressionRules,
  ): Promise<Expression | undefined>;
  /** The TypeScript of the step; undefined when it cannot be run, which is reported. */
  code(settings: CodeSettings): Promise<FoundCode | undefined>;
  /** The field of a name, whatever its case; undefined when there is none, which is reported. */
  column(name: string, path: DocumentPath, input: Relation, part?: 'key' | 'value'): Field | undefined;
}

/** The meaning of one transform verb; its shape is in the language (`VERBS` of spec). */
export interface TransformVerb<Name extends TransformVerbName> {
  readonly name: Name;
  /** Undefined when something is wrong with the step, all of which is reported. Pure but for questions about SQL. */
  build(step: StepOf<Name>, context: BuildContext): Promise<readonly OutputQuery[] | undefined>;
}

/** The step of a verb. */
export type StepOf<Name extends TransformVerbName> = Extract<
  TransformStep,
  { readonly [Key in Name]: unknown }
>;

export function defineTransformVerb<const Name extends TransformVerbName>(
  verb: TransformVerb<Name>,
): TransformVerb<Name> {
  return Object.freeze(verb);
}
