import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { analyseTables, pairsToCompare } from '@millrace/advisor';
import type { AnalysedTable } from '@millrace/advisor';
import { PipelineError } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';
import type { SourceTable } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { OperationContext } from '../../operation-context.ts';
import { useConnections } from '../../project/connect.ts';
import type { UsableConnection } from '../../project/connect.ts';
import { rememberSchemas } from '../../project/known-schemas.ts';
import { newRunId } from '../../runs/run-id.ts';
import { runLimits } from '../../runs/run-limits.ts';
import { STATE_FOLDER } from '../../state-folder.ts';

/** Rows that are read of a table at most, to see whether a column rises with its changes. */
const SAMPLE_ROWS = 2_000;
/** Smaller tables are read whole in a moment: there is nothing to find out about them. */
const SMALL_ROWS = 100_000;
/** How late a transaction may commit and still be seen by the next load. */
const LOOKBACK = '5m';
/** A person waits; the tables with the most rows are looked at, the rest are proposed whole. */
const MAX_SAMPLED = 40;

const load = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('full') }),
  z.strictObject({
    mode: z.literal('incremental'),
    cursor: z.string(),
    lookback: z.string().nullable(),
    detectsDeletes: z.boolean(),
  }),
]);

const proposedTable = z.strictObject({
  table: z.string(),
  kind: z.enum(['table', 'view']),
  columns: z.int(),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  /** Empty when the source declares none. */
  key: z.array(z.string()),
  load,
  /** What speaks for it, in words. */
  reasons: z.array(z.string()),
  /** Columns that could drive an incremental load, best first; empty when it cannot be loaded so. */
  cursors: z.array(
    z.strictObject({ column: z.string(), reason: z.string(), lookback: z.string().nullable() }),
  ),
  notes: z.array(z.string()),
});

/** A table of a source and how it is best loaded. */
export type ProposedTable = z.output<typeof proposedTable>;

/** Lists the tables of a source with size, key and the load that is proposed for each; reads no whole table. */
export const proposeLoads = defineOperation({
  name: 'connections/propose-loads',
  summary: 'List the tables of a source with the load mode that suits each, and why.',
  permission: 'data.read',
  input: z.strictObject({
    from: z.string(),
    into: z.string(),
  }),
  output: z.strictObject({ tables: z.array(proposedTable) }),
  async handler(context, { from, into }, signal) {
    const connections = await useConnections(context, [from, into]);
    const source = usable(connections, from);
    const reads = source.declared.definition.capabilities.source;
    const writes = usable(connections, into).declared.definition.capabilities.destination;
    if (reads === undefined) throw cannot(from, 'read from');
    if (writes === undefined) throw cannot(into, 'written to');
    const asked = { include: [], exclude: [] };
    const tables = await context.runner().call('discover', { connection: source.resolved, ...asked }, signal);
    await rememberSchemas(await context.store(), source.declared, asked, tables);
    const canMerge = reads.loadModes.includes('incremental') && writes.writeModes.includes('merge');
    const samples = canMerge ? await sampleLarge(context, source, tables, signal) : new Map();
    const analysed = analyseTables(
      tables.map((table) => ({ table, sample: samples.get(formatTableName(table.table)) ?? null })),
      { source: reads, writeModes: writes.writeModes },
      new Date().toISOString(),
    );
    return {
      tables: analysed
        .map((each) => toProposal(each, canMerge && reads.incrementalBy === 'column'))
        .sort((one, other) => one.table.localeCompare(other.table)),
    };
  },
});

/** Samples of the tables for which it is worth finding out whether they can be loaded by their changes. */
async function sampleLarge(
  context: OperationContext,
  source: UsableConnection,
  tables: readonly SourceTable[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AnalysedTable['evidence']['sample']>> {
  const sampled = tables
    .filter(
      ({ kind, key, estimatedRows, cursorCandidates }) =>
        kind === 'table' &&
        key.length > 0 &&
        cursorCandidates.length > 0 &&
        (estimatedRows === null || estimatedRows >= SMALL_ROWS),
    )
    .sort((one, other) => (other.estimatedRows ?? 0) - (one.estimatedRows ?? 0))
    .slice(0, MAX_SAMPLED);
  if (sampled.length === 0) return new Map();
  const { document } = await context.project();
  const scratchFolder = join(
    context.projectFolder,
    STATE_FOLDER,
    'scratch',
    `propose-${newRunId(new Date())}`,
  );
  const samples = await context
    .runner()
    .call(
      'sample',
      {
        name: source.declared.name,
        connection: source.resolved,
        tables: sampled.map((table) => ({ table, pairs: pairsToCompare(table) })),
        maxRows: SAMPLE_ROWS,
        limits: runLimits(document, await context.environmentName()),
        scratchFolder,
      },
      signal,
    )
    .finally(() => rm(scratchFolder, { recursive: true, force: true }));
  return new Map(
    sampled.map((table, index) => [formatTableName(table.table), samples[index]?.sample ?? null] as const),
  );
}

function toProposal(
  { evidence: { table }, rows, load: choice }: AnalysedTable,
  canFollow: boolean,
): ProposedTable {
  return {
    table: formatTableName(table.table),
    kind: table.kind,
    columns: table.fields.length,
    rows,
    bytes: table.estimatedBytes,
    key: [...table.key],
    load:
      choice.mode === 'full'
        ? { mode: 'full' }
        : {
            mode: 'incremental',
            cursor: choice.cursor,
            lookback: choice.lookback,
            detectsDeletes: choice.detectsDeletes,
          },
    reasons: [...choice.reasons],
    cursors:
      canFollow && table.key.length > 0
        ? table.cursorCandidates
            .filter(({ isNullable }) => !isNullable)
            .map(({ column, reason }) => ({
              column,
              reason,
              lookback: isTime(table, column) ? LOOKBACK : null,
            }))
        : [],
    notes: [...table.notes],
  };
}

function isTime(table: SourceTable, column: string): boolean {
  return table.fields.some(({ name, type }) => name === column && type.kind === 'timestamp');
}

function usable(connections: ReadonlyMap<string, UsableConnection>, name: string): UsableConnection {
  const found = connections.get(name);
  if (found === undefined) throw new TypeError(`Connection "${name}" was neither resolved nor refused.`);
  return found;
}

function cannot(name: string, what: string): PipelineError {
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The connection "${name}" cannot be ${what}. Choose another.`,
  });
}
