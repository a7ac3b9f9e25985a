import {
  diagnose,
  hasErrors,
  formatTableName,
  locateNowhere,
  entriesOf,
  nearestNames,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticParams,
  type DocumentPath,
  type Edit,
  type Locate,
  type NamedStep,
  type PipelineDocument,
  type SourceTable,
  type TextSpan,
} from '@millrace/spec';

import type { CodeAnalyser, CodeProblem } from './code/code-analyser.ts';
import type { CodeFiles } from './code/code-files.ts';
import type { CompileConnection, CompileInput } from './compile-input.ts';
import type { SqlAnalyser } from './sql/sql-analyser.ts';
import { NO_LOCAL_NAMES, type LocalNames } from './verbs/template/local-names.ts';

/** A connection that plays the wanted part, with its name. */
export interface NamedConnection extends CompileConnection {
  readonly name: string;
}

export type SourceConnection = NamedConnection & {
  readonly source: NonNullable<CompileConnection['source']>;
};
export type DestinationConnection = NamedConnection & {
  readonly destination: NonNullable<CompileConnection['destination']>;
};

/** One run of the compiler: its input by name, and what it found wrong. */
export class Compilation {
  readonly document: PipelineDocument;
  readonly localNames: LocalNames;
  /** Those of the document with their names, in order. */
  readonly steps: readonly NamedStep[];
  readonly diagnostics: Diagnostic[] = [];
  readonly codeFiles: CodeFiles | undefined;
  readonly #sql: SqlAnalyser | undefined;
  readonly #code: CodeAnalyser | undefined;
  readonly #locate: Locate;
  readonly #connections: ReadonlyMap<string, CompileConnection>;
  readonly #tables: ReadonlyMap<string, readonly SourceTable[]>;
  readonly #tablesByName = new Map<string, ReadonlyMap<string, readonly SourceTable[]>>();

  constructor(input: CompileInput, localNames: LocalNames = NO_LOCAL_NAMES) {
    this.localNames = localNames;
    this.document = input.document;
    this.codeFiles = input.codeFiles;
    this.steps = entriesOf(input.document.steps);
    this.#sql = input.sql;
    this.#code = input.code;
    this.#locate = input.locate ?? locateNowhere(input.document.name);
    this.#connections = new Map(Object.entries(input.connections));
    this.#tables = new Map(Object.entries(input.tables));
  }

  /** The steps at these places of the document. */
  stepsAt(places: readonly number[]): readonly NamedStep[] {
    return places.map((place) => this.steps[place]).filter((step) => step !== undefined);
  }

  report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    path: DocumentPath,
    fixes: readonly Edit[] = [],
    part: 'key' | 'value' | TextSpan = 'value',
  ): void {
    this.diagnostics.push(diagnose(code, params, { path, range: this.#locate(path, part), fixes }));
  }

  /** Throws TypeError when the caller gave none, although the document has steps with SQL. */
  get sql(): SqlAnalyser {
    if (this.#sql === undefined) throw new TypeError('A document with transform steps needs an SqlAnalyser.');
    return this.#sql;
  }

  /** What is wrong with the TypeScript of a step. Throws TypeError when the caller gave no CodeAnalyser, although there is some. */
  checkCode(text: string): Promise<CodeProblem | null> {
    if (this.#code === undefined) throw new TypeError('A document with code steps needs a CodeAnalyser.');
    return this.#code.checkCode(text);
  }

  /** Whether an error was reported after the first `count` diagnostics. */
  hasErrorsSince(count: number): boolean {
    return hasErrors(this.diagnostics.slice(count));
  }

  /** The connection at a path as a source; undefined when it is unknown or cannot be read, which is reported. */
  source(name: string, path: DocumentPath): SourceConnection | undefined {
    const connection = this.#connection(name, path, (candidate) => candidate.source !== undefined);
    if (connection === undefined) return undefined;
    if (connection.source !== undefined) return { ...connection, name, source: connection.source };
    this.report('connectionNotSource', { connection: name, connector: connection.connector }, path);
    return undefined;
  }

  destination(name: string, path: DocumentPath): DestinationConnection | undefined {
    const connection = this.#connection(name, path, (candidate) => candidate.destination !== undefined);
    if (connection === undefined) return undefined;
    if (connection.destination !== undefined)
      return { ...connection, name, destination: connection.destination };
    this.report('connectionNotDestination', { connection: name, connector: connection.connector }, path);
    return undefined;
  }

  tables(connection: string): readonly SourceTable[] {
    return this.#tables.get(connection) ?? [];
  }

  /** Discovered tables of a connection by their formatted name. */
  tablesByName(connection: string): ReadonlyMap<string, readonly SourceTable[]> {
    const known = this.#tablesByName.get(connection);
    if (known !== undefined) return known;
    const byName = new Map<string, SourceTable[]>();
    for (const table of this.tables(connection)) {
      const name = formatTableName(table.table);
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [table]);
      else same.push(table);
    }
    this.#tablesByName.set(connection, byName);
    return byName;
  }

  #connection(
    name: string,
    path: DocumentPath,
    fits: (connection: CompileConnection) => boolean,
  ): CompileConnection | undefined {
    const connection = this.#connections.get(name);
    if (connection !== undefined) return connection;
    const known = [...this.#connections]
      .filter(([, candidate]) => fits(candidate))
      .map(([candidate]) => candidate);
    const nearest = nearestNames(name, known);
    const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
    this.report('connectionUnknown', { connection: name, nearest, known }, path, fixes);
    return undefined;
  }
}
