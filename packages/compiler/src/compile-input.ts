import type {
  AppliedParameters,
  Capabilities,
  DestinationType,
  Locate,
  LogicalType,
  PipelineDocument,
  SourceTable,
} from '@millrace/spec';

import type { CodeAnalyser } from './code/code-analyser.ts';
import type { CodeFiles } from './code/code-files.ts';
import type { SqlAnalyser } from './sql/sql-analyser.ts';

/** What the compiler must know of a connection: the connector's capabilities, never its settings. */
export interface CompileConnection {
  readonly connector: string;
  readonly source?: Capabilities['source'] | undefined;
  readonly destination?: Capabilities['destination'] | undefined;
  readonly destinationType?: ((type: LogicalType) => DestinationType | undefined) | undefined;
}

export interface CompileInput {
  /** Asked about every expression of the document. Documents that only load need none. */
  readonly sql?: SqlAnalyser | undefined;
  /** Asked about the TypeScript of code steps. Documents without any need none. */
  readonly code?: CodeAnalyser | undefined;
  /** What `requiredCode` asked for. */
  readonly codeFiles?: CodeFiles | undefined;
  readonly document: PipelineDocument;
  /** From `parsePipeline`, so that diagnostics stand where the text does; without it they stand at 1:1. */
  readonly locate?: Locate | undefined;
  /** From `parsePipeline`: the values that are in the document, and its diagnostics as a person can act on them. */
  readonly parameters?: AppliedParameters | undefined;
  /** The files of templates by the name of the template. */
  readonly templates?: Readonly<Record<string, { readonly file: string; readonly text: string }>> | undefined;
  readonly connections: Readonly<Record<string, CompileConnection>>;
  /** What `requiredTables` asked for, as discovered, by connection. */
  readonly tables: Readonly<Record<string, readonly SourceTable[]>>;
}
