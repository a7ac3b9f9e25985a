import type { DataColumn } from '../../ui/data-table.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { runWords } from '../../words/runs.ts';
import { PipelineLink } from '../pipelines/pipeline-link.tsx';
import { runTone, runWord } from '../pipelines/run-state.ts';
import { Elapsed, triggerText } from './run-facts.tsx';
import { RunLink } from './run-link.tsx';
import type { ListedRun } from './use-run-pages.ts';

/** The server sorts: newest first. */
export const RUN_COLUMNS: readonly DataColumn<ListedRun>[] = [
  {
    id: 'state',
    header: runWords('state'),
    value: ({ state }) => state,
    cell: ({ state }) => (
      <StatusBadge isPlain tone={runTone(state)}>
        {runWord(state)}
      </StatusBadge>
    ),
    width: 120,
    isUnsortable: true,
  },
  {
    id: 'run',
    header: runWords('run'),
    value: ({ runId }) => runId,
    cell: ({ runId }) => <RunLink runId={runId} />,
    width: 190,
    isUnsortable: true,
  },
  {
    id: 'pipeline',
    header: runWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    cell: ({ pipeline }) => <PipelineLink name={pipeline} />,
    width: 140,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'started',
    header: runWords('started'),
    value: ({ queuedAt }) => queuedAt,
    cell: ({ queuedAt }) => <RelativeTime at={queuedAt} />,
    width: 110,
    isUnsortable: true,
  },
  {
    id: 'took',
    header: runWords('took'),
    value: ({ startedAt }) => startedAt,
    cell: (run) => <Elapsed run={run} />,
    width: 96,
    align: 'end',
    isUnsortable: true,
  },
  {
    id: 'trigger',
    header: runWords('trigger'),
    value: triggerText,
    width: 130,
    grow: 0.5,
    isUnsortable: true,
  },
  {
    id: 'attempts',
    header: runWords('attempts'),
    value: ({ attempts }) => attempts,
    width: 84,
    align: 'end',
    isUnsortable: true,
    isHiddenAtFirst: true,
  },
  {
    id: 'reason',
    header: runWords('reason'),
    value: ({ reason }) => reason,
    cell: ({ reason }) => <span title={reason ?? undefined}>{reason}</span>,
    width: 160,
    grow: 2,
    isUnsortable: true,
  },
];
