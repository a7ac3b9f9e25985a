import type {
  CheckName,
  CheckSettings,
  DiagnosticCode,
  DiagnosticParams,
  DocumentPath,
  Edit,
  Field,
} from '@millrace/spec';

import type { ParsedExpression, SqlAnalyser, SqlProblem } from '../sql/sql-analyser.ts';
import type { CheckedRelation } from './checked-relation.ts';
import type { CheckMeasures } from './check-measures.ts';
import type { CheckExamples, CheckReads, CheckRule } from './check-plan.ts';

/** What one check becomes, before the options that all have. */
export interface CompiledCheck {
  readonly columns: readonly string[];
  /** What tells it from others of its kind; the columns when left out. */
  readonly label?: string;
  readonly expected: string;
  readonly reads: CheckReads;
  readonly rule: CheckRule;
  /** True of failing rows, null or false of others. */
  readonly failing?: string;
  readonly examples?: CheckExamples;
  /** Other steps that `failing` reads. */
  readonly relations?: readonly string[];
}

/** A condition of the document, parsed and tried against the columns. */
export interface CheckedCondition {
  /** As written, in parentheses. */
  readonly sql: string;
  readonly parsed: ParsedExpression;
  /** The columns it reads, each once. */
  readonly columns: readonly string[];
}

/** What a check is compiled with. Paths are below its settings. */
export interface CheckContext {
  readonly relation: CheckedRelation;
  /** The relation's name as SQL. */
  readonly table: string;
  /** How the texts of the check call a relation. */
  nameOf(ref: string): string;
  readonly sql: SqlAnalyser;
  report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    path: DocumentPath,
    fixes?: readonly Edit[],
  ): void;
  reportProblem(problem: SqlProblem, text: string, path: DocumentPath): void;
  /** Undefined when there is none of that name, which is reported. */
  column(name: string, path: DocumentPath, relation?: CheckedRelation): Field | undefined;
  /** The columns of a list; undefined when one is not there. */
  columns(
    names: readonly string[],
    path: DocumentPath,
    relation?: CheckedRelation,
  ): readonly Field[] | undefined;
  /** The rows of another step; undefined when it is not there, which was reported when the document was parsed. */
  other(ref: string): CheckedRelation | undefined;
  /** Undefined when it cannot be used, which is reported. */
  condition(
    text: string,
    path: DocumentPath,
    relation?: CheckedRelation,
  ): Promise<CheckedCondition | undefined>;
}

/** Adds to the statements of the dataset what the check needs, and says how their results are judged. */
export type BuildCheck = (measures: CheckMeasures) => CompiledCheck;

/** The meaning of one check; its shape is in the language (`CHECKS` of spec). */
export interface CheckCompiler<Name extends CheckName> {
  readonly name: Name;
  /** Undefined when something is wrong with the settings, all of which is reported. */
  compile(settings: CheckSettings<Name>, context: CheckContext): Promise<BuildCheck | undefined>;
}

export function defineCheckCompiler<const Name extends CheckName>(
  compiler: CheckCompiler<Name>,
): CheckCompiler<Name> {
  return Object.freeze(compiler);
}
