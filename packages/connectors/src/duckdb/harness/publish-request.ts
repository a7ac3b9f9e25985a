import type { PublishRequest, StagedReader } from '@millrace/connector-sdk';
import type { Field, LogicalType } from '@millrace/spec';

export const INT32: LogicalType = { kind: 'integer', bits: 32, signed: true };
export const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
export const STRING: LogicalType = { kind: 'string' };

export function field(name: string, type: LogicalType, nullable = true): Field {
  return { name, type, nullable };
}

const unusedReader: StagedReader = {
  delimited: () => {
    throw new Error('DuckDB reads staged files itself.');
  },
  values: () => {
    throw new Error('DuckDB reads staged files itself.');
  },
};

let runs = 0;

/** A request with its required parts and defaults for the rest; each call is another run. */
export function publishRequest(
  parts: Partial<PublishRequest> & Pick<PublishRequest, 'table' | 'mode' | 'fields'>,
): PublishRequest {
  runs += 1;
  const runId = parts.runId ?? `run-${runs}`;
  return {
    runId,
    fenceToken: 1,
    deletes: 'ignore',
    key: [],
    changes: [],
    position: () => ({ after: runId }),
    schemaFingerprint: 'fingerprint',
    loadedAt: new Date(Date.UTC(2026, 0, 1) + runs * 1000).toISOString(),
    deletedKeys: () => [],
    reader: unusedReader,
    ...parts,
  };
}
