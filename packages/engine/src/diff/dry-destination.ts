import type { PublicationRecord } from '@millrace/connector-sdk';

import type { OpenDestination } from '../run/open-destination.ts';

/** The destination as it is, into which nothing is published: what would be is read to its end and let go. */
export function dryDestination(open: OpenDestination): OpenDestination {
  const { destination } = open;
  return {
    ...open,
    destination: {
      check: (signal) => destination.check(signal),
      describe: (tables, signal) => destination.describe(tables, signal),
      digest: (request, signal) => destination.digest(request, signal),
      digestRows: (request, inBuckets, signal) => destination.digestRows(request, inBuckets, signal),
      async publish(request, files) {
        let rows = 0;
        for await (const file of files) rows += file.rows;
        const record: PublicationRecord = {
          runId: request.runId,
          fenceToken: request.fenceToken,
          version: 0,
          position: request.position(),
          publishedAt: request.loadedAt,
          rows,
          schemaFingerprint: request.schemaFingerprint,
        };
        return { record, rowsInserted: rows, rowsUpdated: 0, rowsDeleted: 0, isAdopted: false };
      },
      [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose](),
    },
  };
}
