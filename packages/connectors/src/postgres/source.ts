import {
  type Batch,
  BatchBuilder,
  type BucketDigest,
  type CursorEvidence,
  type DigestRequest,
  type DiscoverRequest,
  type ReadRequest,
  type ReadResult,
  type RowDigest,
  type ServerIdentity,
  type Source,
  throwIfCancelled,
} from '@millrace/connector-sdk';
import { formatTableName, type LogicalType, type SourceTable } from '@millrace/spec';
import { postgresDialect, quoteTable } from '@millrace/sql';

import { discoverTables } from './catalog/discover.ts';
import type { PostgresConfig } from './config.ts';
import { CopyOutReader } from './copy-out/copy-out-reader.ts';
import { queryMessage } from './copy-out/messages.ts';
import { describeRead, FACT, type ReadStatement, readStatement } from './copy-out/read-statement.ts';
import { createRowDecoder, type RowDecoderColumn } from './copy-out/row-decoder.ts';
import { columnOf } from './digest/canonical-text.ts';
import { digestBuckets, digestRowsIn } from './digest/digest.ts';
import { SessionHolder } from './session/session-holder.ts';
import type { Session } from './session/session.ts';

const SAMPLED_ROWS = 20_000;

/** Reads tables of one database over one connection, which is made again after a failure. */
export class PostgresSource implements Source {
  readonly #sessions: SessionHolder;

  constructor(config: PostgresConfig) {
    this.#sessions = new SessionHolder(config, 'source');
  }

  async check(signal: AbortSignal): Promise<ServerIdentity> {
    const { facts } = await this.#sessions.get(signal);
    return { product: 'PostgreSQL', version: facts.version, identity: facts.identity };
  }

  async discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
    return discoverTables(await this.#sessions.get(signal), request, signal);
  }

  async *read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Batch, ReadResult, undefined> {
    throwIfCancelled(signal);
    const session = await this.#sessions.get(signal);
    const statement = readStatement(request, session.facts.logPosition);
    const reader = yield* copyOut(session, request, statement, signal);
    const facts = reader.facts ?? [];
    return {
      rowsSent: reader.rowsSent(),
      bytesReceived: reader.bytesReceived,
      highMark: request.cursor === null ? null : (facts[FACT.highMark] ?? null),
      position: {
        system: session.facts.identity,
        snapshot: facts[FACT.snapshot] ?? null,
        logPosition: facts[FACT.logPosition] ?? null,
        oldestTransaction: facts[FACT.oldestTransaction] ?? null,
      },
      statement: statement.copy,
    };
  }

  async describeRead(request: ReadRequest): Promise<string> {
    return describeRead(request);
  }

  async inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence> {
    const session = await this.#sessions.get(signal);
    const isIndexed = table.indexedColumns.includes(column);
    const from = quoteTable(postgresDialect, table.table);
    const name = columnOf({ name: column });
    const subject = `Inspecting ${formatTableName(table.table)}.${column}`;
    // NULLs stand together in an index, so counting them up to a limit reads them and nothing else.
    const sql = isIndexed
      ? `SELECT (SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${name} IS NULL LIMIT ${SAMPLED_ROWS}) n), (SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${SAMPLED_ROWS}) s)`
      : `SELECT count(*) FILTER (WHERE c IS NULL), count(*) FROM (SELECT ${name} AS c FROM ${from} LIMIT ${SAMPLED_ROWS}) s`;
    const [row] = await session.query(sql, subject, signal);
    return {
      nullCount: Number(row?.[0]),
      sampledRows: Number(row?.[1]),
      isIndexed,
      estimatedRows: table.estimatedRows,
    };
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return digestBuckets(await this.#sessions.get(signal), request, signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    yield* digestRowsIn(await this.#sessions.get(signal), request, inBuckets, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** Yields the rows; returns the reader when the server has said that all were sent, and throws in every other case. */
async function* copyOut(
  session: Session,
  request: ReadRequest,
  statement: ReadStatement,
  signal: AbortSignal,
): AsyncGenerator<Batch, CopyOutReader, undefined> {
  const subject = `Reading ${formatTableName(request.table.table)}`;
  const builder = new BatchBuilder(
    request.fields.map(({ name, type }) => ({
      name,
      type,
      ...(type.kind === 'bytes' ? { encoding: 'hex' as const } : {}),
    })),
  );
  const decoding = createRowDecoder(
    request.fields.map(({ type }) => ({ escapes: escapesOf(type) })),
    builder,
  );
  using guard = session.guard(subject, signal);
  const reader = new CopyOutReader({
    subject,
    builder,
    decoding,
    onSign: () => guard.alive(),
    onPause: () => guard.pause(),
    onResume: () => {
      guard.resume();
      wire.resume();
    },
  });
  const wire = session.takeOver(reader);
  guard.failure.catch((error: Error) => reader.fail(error));
  let isComplete = false;
  try {
    wire.write(queryMessage(statement.sql));
    for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) yield batch;
    isComplete = true;
    return reader;
  } finally {
    wire.detach();
    if (!isComplete) session.abandon();
  }
}

function escapesOf(type: LogicalType): RowDecoderColumn['escapes'] {
  if (type.kind === 'bytes') return 'bytes';
  return type.kind === 'string' || type.kind === 'json' ? 'text' : 'plain';
}
