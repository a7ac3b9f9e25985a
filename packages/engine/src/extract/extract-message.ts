import type {
  Batch,
  BatchBuffer,
  BucketDigest,
  CursorEvidence,
  DigestRequest,
  DiscoverRequest,
  ParquetFile,
  PlainPipelineError,
  ReadRequest,
  ReadResult,
  RowDigest,
  ServerIdentity,
} from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { ResolvedConnection } from '../run/run-request.ts';

/** What can be asked of an open source beside reading: the arguments and the answer of each call. */
export interface SourceCalls {
  check: { readonly args: readonly []; readonly answer: ServerIdentity };
  discover: { readonly args: readonly [DiscoverRequest]; readonly answer: readonly SourceTable[] };
  describeRead: { readonly args: readonly [ReadRequest]; readonly answer: string };
  inspectCursor: { readonly args: readonly [SourceTable, string]; readonly answer: CursorEvidence };
  digest: { readonly args: readonly [DigestRequest]; readonly answer: readonly BucketDigest[] };
  digestRows: {
    readonly args: readonly [DigestRequest, readonly number[]];
    readonly answer: readonly RowDigest[];
  };
}

export type SourceCallName = keyof SourceCalls;

/** How a read ended, and what it took. */
export interface ThreadReadResult extends ReadResult {
  /** Of the thread that read; absent where that does other work too. */
  readonly cpuMs?: number;
}

/** From the pool to a worker. A worker does one job at a time. */
export type WorkerCommand =
  | {
      readonly type: 'read';
      readonly connection: ResolvedConnection;
      readonly request: ReadRequest;
      readonly credits: number;
    }
  | {
      readonly type: 'call';
      readonly connection: ResolvedConnection;
      readonly name: SourceCallName;
      readonly args: readonly unknown[];
    }
  /** One more batch may be sent. */
  | { readonly type: 'credit' }
  /** Buffers of a batch that was consumed. */
  | { readonly type: 'recycle'; readonly buffers: readonly BatchBuffer[] }
  | { readonly type: 'cancel' }
  /** Closes the sources and waits for others; the answer is null. */
  | { readonly type: 'release' }
  | { readonly type: 'close' };

/** From a worker to the pool. */
export type WorkerReply =
  | { readonly type: 'item'; readonly item: Batch | ParquetFile }
  | { readonly type: 'result'; readonly result: ThreadReadResult }
  | { readonly type: 'answer'; readonly answer: unknown }
  | { readonly type: 'error'; readonly error: PlainPipelineError };

/** The buffers of a batch. */
export function buffersOf(batch: Batch): BatchBuffer[] {
  return batch.columns.flatMap((column) =>
    [column.values, column.validity, column.heap].filter((buffer) => buffer !== null),
  );
}

/** Those that move between threads, where they are not shared already. */
export function transferable(buffers: readonly BatchBuffer[]): ArrayBuffer[] {
  return buffers.filter((buffer) => buffer instanceof ArrayBuffer);
}
