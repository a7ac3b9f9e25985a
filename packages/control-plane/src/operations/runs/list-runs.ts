import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { EndedRuns, momentOfRuns } from '../../runs/ended-runs.ts';
import { countRuns, hasEnded, listRunRecords } from '../../runs/list-run-records.ts';
import { readLiveRuns } from '../../runs/read-live-runs.ts';
import { listedRunSchema, runStateSchema, toListedRun } from '../../runs/run-schema.ts';

const output = z.strictObject({
  runs: z.array(listedRunSchema),
  /** By state, over all pages, whatever states were asked for. */
  counts: z.record(runStateSchema, z.int()),
  /** Where the next page begins; null on the last one. */
  next: z.strictObject({ queuedAt: z.iso.datetime(), runId: z.string() }).nullable(),
});

const ended = new EndedRuns<z.output<typeof output>>();

/** Runs of the project, newest first, page by page. */
export const listRuns = defineOperation({
  name: 'runs/list-runs',
  summary: 'List runs, newest first.',
  permission: 'run.read',
  input: z.strictObject({
    pipeline: z.string().optional(),
    pipelines: z.array(z.string()).min(1).optional(),
    states: z.array(runStateSchema).min(1).optional(),
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    /** `next` of the page before. */
    after: z.strictObject({ queuedAt: z.iso.datetime(), runId: z.string() }).optional(),
    limit: z.int().min(1).max(10_000).default(20),
  }),
  output,
  async handler(context, input) {
    const store = await context.store();
    const question = JSON.stringify(input);
    const moment = await momentOfRuns(store);
    const kept = ended.get(store, question, moment);
    if (kept !== undefined) return kept;
    const { pipeline, pipelines, states, since, until, after, limit } = input;
    const filter = {
      pipelines: pipelines ?? (pipeline === undefined ? undefined : [pipeline]),
      since: since === undefined ? undefined : Date.parse(since),
      until: until === undefined ? undefined : Date.parse(until),
    };
    const [records, counts, live] = await Promise.all([
      listRunRecords(store, {
        ...filter,
        states,
        after: after && { runId: after.runId, queuedAt: Date.parse(after.queuedAt) },
        limit: limit + 1,
      }),
      countRuns(store, filter),
      readLiveRuns(store),
    ]);
    const runs = records.slice(0, limit).map((record) => toListedRun(record, live.has(record.runId)));
    const last = records.length > limit ? runs.at(-1) : undefined;
    const page = { runs, counts, next: last ? { queuedAt: last.queuedAt, runId: last.runId } : null };
    if (records.every(hasEnded)) ended.keep(store, question, moment, page);
    return page;
  },
});
