import { inspect } from 'node:util';

import type { SourceTable, TableName } from '@millrace/spec';
import { expect } from 'vitest';

import type { ConnectorDefinition } from '../connector.ts';
import { PipelineError, type PipelineErrorCode } from '../pipeline-error.ts';
import type { ReadRequest, Source } from '../source.ts';
import type { ConnectorConfig, HarnessInstance, SourceHarness } from './harness.ts';
import { findTable, readRows, type ReadRows, requestFor } from './read-rows.ts';

export const never: AbortSignal = new AbortController().signal;

/** A source and the system behind it, as the suites see them. */
export interface SourceSubject {
  readonly instance: HarnessInstance;
  readonly harness: SourceHarness;
  readonly capabilities: NonNullable<ConnectorDefinition['capabilities']['source']>;
  open(config?: ConnectorConfig): Promise<Source>;
  find(source: Source, table: TableName): Promise<SourceTable>;
  read(source: Source, table: SourceTable, changes?: Partial<ReadRequest>): Promise<ReadRows>;
  /** The error of something that must fail as a PipelineError; kept for the search for secrets. */
  failureOf(attempt: () => Promise<unknown>): Promise<PipelineError>;
  /** The same for the reading of a whole table. */
  expectFailure(attempt: () => Promise<unknown>, codes: readonly PipelineErrorCode[]): Promise<PipelineError>;
  /** Everything that was said so far: errors with their causes, statements, identities. */
  readonly said: string[];
}

export function createSubject<Config>(
  connector: ConnectorDefinition<Config>,
  instance: HarnessInstance,
  harness: SourceHarness,
): SourceSubject {
  const { openSource, capabilities } = connector;
  if (openSource === undefined || capabilities.source === undefined) {
    throw new Error(`${connector.name} has a source in its harness and none in its definition`);
  }
  const said: string[] = [];
  const failureOf = async (attempt: () => Promise<unknown>): Promise<PipelineError> => {
    let result: unknown;
    try {
      result = await attempt();
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      said.push(error.message, error.stack ?? '', inspect(error, { depth: 6, showHidden: true }));
      return error;
    }
    throw new Error(`It was expected to fail and gave ${inspect(result, { depth: 2 })}`);
  };
  return {
    instance,
    harness,
    capabilities: capabilities.source,
    open: async (config = instance.config) => openSource(connector.config.parse(config), never),
    find: (source, table) => findTable(source, table, never),
    async read(source, table, changes = {}) {
      const request = requestFor(table, changes);
      const described = await source.describeRead(request, never);
      const found = await readRows(source, request, harness.readParquet, never);
      expect(described, 'what describeRead says must be what read runs').toBe(found.result.statement);
      said.push(found.result.statement, JSON.stringify(found.result.position));
      return found;
    },
    failureOf,
    async expectFailure(attempt, codes) {
      const error = await failureOf(attempt);
      expect(codes, error.message).toContain(error.code);
      return error;
    },
    said,
  };
}
