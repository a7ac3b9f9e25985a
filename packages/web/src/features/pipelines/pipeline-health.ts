import type { OperationOutput } from '@millrace/control-plane';

import { formatDuration } from '../../ui/format-time.ts';
import type { StatusTone } from '../../ui/status-badge.tsx';
import { homeWords } from '../../words/home.ts';

export type ListedPipeline = OperationOutput<'pipelines/list-pipelines'>['pipelines'][number];

/** How a pipeline is, in one word, and why it needs somebody. */
export interface PipelineHealth {
  readonly pipeline: ListedPipeline;
  readonly tone: StatusTone;
  readonly word: string;
  /** What happened, when a person must act; null when nobody has to. */
  readonly incident: string | null;
  /** 0 is worst. */
  readonly rank: number;
}

/**
 * A wrong document stops every coming run, a failed run stopped one, late data is what follows. A cancelled run says nothing:
 * the one before it does.
 */
export function pipelineHealth(pipeline: ListedPipeline): PipelineHealth {
  const { problem, freshness } = pipeline;
  const last = pipeline.recentRuns.find(({ state }) => state !== 'cancelled');
  if (problem !== null)
    return {
      pipeline,
      tone: 'bad',
      word: homeWords('invalid'),
      incident:
        problem.count > 1
          ? homeWords('problemMore', { first: problem.first, count: problem.count - 1 })
          : problem.first,
      rank: 0,
    };
  if (last?.state === 'failed')
    return { pipeline, tone: 'bad', word: homeWords('failedRun'), incident: last.reason ?? '', rank: 1 };
  if (freshness?.state === 'delayed')
    return {
      pipeline,
      tone: 'warn',
      word: homeWords('late'),
      incident: homeWords('lateSince', { within: formatDuration(freshness.withinMs) }),
      rank: 2,
    };
  if (last?.state === 'running')
    return { pipeline, tone: 'busy', word: homeWords('runningOne'), incident: null, rank: 3 };
  if (last?.state === 'queued')
    return { pipeline, tone: 'waiting', word: homeWords('queuedOne'), incident: null, rank: 4 };
  if (pipeline.recentRuns.length === 0)
    return { pipeline, tone: 'waiting', word: homeWords('neverRan'), incident: null, rank: 5 };
  if (last === undefined && pipeline.lastSuccessAt === null)
    return { pipeline, tone: 'waiting', word: homeWords('neverSucceeded'), incident: null, rank: 5 };
  return { pipeline, tone: 'ok', word: homeWords('healthyOne'), incident: null, rank: 6 };
}
