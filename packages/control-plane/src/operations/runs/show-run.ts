import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { proposeEdit, type ProposedEdit } from '../../project/propose-edit.ts';
import { compareRun, type RunComparison } from '../../runs/compare-run.ts';
import { graphRun, type RunGraph } from '../../runs/graph-run.ts';
import { EndedRuns, momentOfRun } from '../../runs/ended-runs.ts';
import { readLiveRuns } from '../../runs/read-live-runs.ts';
import { requireRun } from '../../runs/require-run.ts';
import type { RunAttempt, RunRecord } from '../../runs/run-record.ts';
import { readAttempts, readEvents } from '../../runs/run-store.ts';
import { summarizeRun } from '../../runs/run-summary.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

type ShownRun = RunSummary &
  Pick<RunRecord, 'options' | 'queuedAt' | 'availableAt' | 'startedBy' | 'rerunOf' | 'slotAt' | 'retries'> & {
    /** The process that had it is gone: a worker, or the next run of the pipeline, takes it up. */
    readonly isInterrupted: boolean;
    readonly attemptList: readonly RunAttempt[];
    /** What would let the contracts take in what changed at the source. */
    readonly proposal: ProposedEdit | null;
    readonly graph: RunGraph;
    readonly comparison: RunComparison;
  };

const ended = new EndedRuns<ShownRun>();

/** One run with its tables, its attempts, its graph, and how it stands beside earlier ones. */
export const showRun = defineOperation({
  name: 'runs/show-run',
  summary: 'Show a run with its tables and attempts.',
  permission: 'run.read',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.custom<ShownRun>(),
  async handler(context, { run }) {
    const store = await context.store();
    const moment = await momentOfRun(store, run);
    const kept = moment === undefined ? undefined : ended.get(store, run, moment);
    if (kept !== undefined) return kept;
    const { record, plan } = await requireRun(store, run);
    const [events, live, attemptList, comparison] = await Promise.all([
      readEvents(store, record.runId),
      readLiveRuns(store),
      readAttempts(store, record.runId),
      compareRun(store, record, plan),
    ]);
    const summary = summarizeRun(record, plan, events);
    const drifts = summary.tasks.map(({ drift }) => drift);
    const { options, queuedAt, availableAt, startedBy, rerunOf, slotAt, retries } = record;
    const shown: ShownRun = {
      ...summary,
      isInterrupted: record.state === 'running' && !live.has(record.runId),
      options,
      queuedAt,
      availableAt,
      startedBy,
      rerunOf,
      slotAt,
      retries,
      attemptList,
      proposal: await proposeEdit(context, summary.pipeline, drifts),
      graph: graphRun(plan),
      comparison,
    };
    // What is proposed depends on what the file of the pipeline says by now.
    if (moment !== undefined && drifts.every((drift) => drift === null))
      ended.keep(store, run, moment, shown);
    return shown;
  },
});
