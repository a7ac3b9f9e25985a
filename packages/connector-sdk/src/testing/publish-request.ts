import type { PublishRequest, StagedFile, StagedReader } from '../destination.ts';

const noReader: StagedReader = {
  delimited: () => {
    throw new Error('This request has no reader. Give it the one of a test stage.');
  },
  values: () => {
    throw new Error('This request has no reader. Give it the one of a test stage.');
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
    reader: noReader,
    ...parts,
  };
}

/** Staged files as `publish` takes them. */
export async function* filesOf(...files: readonly StagedFile[]): AsyncGenerator<StagedFile> {
  yield* files;
}
