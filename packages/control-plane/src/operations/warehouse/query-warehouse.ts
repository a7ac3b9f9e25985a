import { randomUUID } from 'node:crypto';

import type { QueryResult } from '@millrace/connector-sdk';
import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import {
  askedConnection,
  callerKey,
  openHostedWarehouse,
  type HostedWarehouse,
} from '../../warehouse/ask-warehouse.ts';
import { recordQuery } from '../../warehouse/query-store.ts';

/** Text of one answer; what is longer is for an export. */
const MAX_BYTES = 64 * 1024 ** 2;

/** Answers one reading statement in the warehouse, which the warehouse itself protects from being changed. */
export const queryWarehouse = defineOperation({
  name: 'warehouse/query-warehouse',
  summary: 'Ask the warehouse a question in SQL.',
  permission: 'data.read',
  input: z.strictObject({
    sql: z.string().min(1).max(1_000_000),
    connection: z.string().optional(),
    maxRows: z.int().min(1).max(1_000_000).default(1000),
    /** The caller's own id for it, by which it is cancelled and by which its rows are read. */
    queryId: z.uuid().optional(),
    /** How many of the rows to return at once; the others are read by `warehouse/read-rows`. All when left out. */
    firstRows: z.int().min(0).optional(),
    limitSeconds: z.int().min(1).max(3600).default(300),
  }),
  output: z.strictObject({
    connection: z.string(),
    queryId: z.string(),
    columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    /** Values as the warehouse's own exact text; null is NULL. */
    rows: z.array(z.array(z.string().nullable())),
    /** Of the whole answer. */
    rowCount: z.number(),
    isTruncated: z.boolean(),
    durationMs: z.number(),
  }),
  async handler(context, { sql, connection, maxRows, firstRows, limitSeconds, ...input }, signal) {
    const asked = await askedConnection(context, connection);
    const queryId = input.queryId ?? randomUUID();
    const startedAt = Date.now();
    const started = performance.now();
    await using hosted = await openHostedWarehouse(context, asked);
    const caller = callerKey(context);
    const ask = async (stop: AbortSignal): Promise<QueryResult> =>
      hosted === undefined
        ? await context.runner().call('query', { connection: asked.resolved, sql, maxRows }, stop)
        : await hosted.destination.query({ sql, maxRows, maxBytes: MAX_BYTES, tables: hosted.tables }, stop);
    try {
      const limitMs = limitSeconds * 1000;
      const { columns, rows, isTruncated, tables } = await context.queries.run(
        { id: queryId, caller, limitMs },
        ask,
        signal,
      );
      const durationMs = Math.round(performance.now() - started);
      await record(hosted, { state: 'succeeded', rows: rows.length, reason: null }, tables ?? []);
      const first = firstRows === undefined ? rows : rows.slice(0, firstRows);
      if (first.length < rows.length) context.queries.keep(queryId, caller, rows);
      return {
        connection: asked.name,
        queryId,
        columns: columns.map(({ name, type }) => ({ name, type })),
        rows: first.map((row) => [...row]),
        rowCount: rows.length,
        isTruncated,
        durationMs,
      };
    } catch (error) {
      const isCancelled = error instanceof PipelineError && error.code === 'cancelled';
      const reason = context.redactor.text(error instanceof Error ? error.message : String(error));
      await record(hosted, { state: isCancelled ? 'cancelled' : 'failed', rows: null, reason }, []);
      throw error;
    }

    /** Only where a server runs: the command line's history is the shell's. */
    async function record(
      through: HostedWarehouse | undefined,
      end: {
        readonly state: 'succeeded' | 'failed' | 'cancelled';
        readonly rows: number | null;
        readonly reason: string | null;
      },
      tables: NonNullable<QueryResult['tables']>,
    ): Promise<void> {
      if (through === undefined) return;
      const { rows, ...ended } = end;
      await recordQuery(
        await context.store(),
        {
          query_id: queryId,
          caller_id: caller,
          caller: context.caller.name,
          connection: asked.name,
          statement: sql,
          started_at: startedAt,
          duration_ms: Math.round(performance.now() - started),
          row_count: rows,
          ...ended,
        },
        tables,
      );
    }
  },
});
