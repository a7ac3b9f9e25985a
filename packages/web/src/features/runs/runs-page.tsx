import { useRouter } from '@tanstack/react-router';
import { ListVideo } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { runAddress } from '../../app/addresses.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { runWords } from '../../words/runs.ts';
import { runWord } from '../pipelines/run-state.ts';
import { RUN_COLUMNS } from './run-columns.tsx';
import { ALL, RUN_STATES, useRunFilters, type RunFilters } from './run-filters.ts';
import { RunsTimeline } from './runs-timeline.tsx';
import { useRunPages, type RunPages } from './use-run-pages.ts';

/** Every run of every pipeline: as a list, or over time. */
export function RunsPage(): ReactNode {
  const router = useRouter();
  const filters = useRunFilters();
  const pages = useRunPages(filters.input);
  const [view, setView] = useUrlState('view', 'list');
  const toolbar = <Filters filters={filters} counts={pages.counts} />;
  const isFiltered = filters.pipeline !== ALL || filters.state !== ALL || filters.span !== ALL;
  return (
    <>
      <PageHeader title={runWords('title')} icon={ListVideo} />
      {pages.error ? (
        <div className="px-4">
          <ErrorPanel title={runWords('failedToList')} error={pages.error} onRetry={pages.refetch} />
        </div>
      ) : (
        <Tabs
          label={runWords('views')}
          value={view}
          onChange={setView}
          tabs={[
            {
              value: 'list',
              label: runWords('list'),
              content: (
                <DataTable
                  label={runWords('title')}
                  rows={pages.runs}
                  columns={RUN_COLUMNS}
                  rowId={({ runId }) => runId}
                  isLoading={pages.isPending}
                  isSortedOutside
                  onOpen={({ runId }) => router.history.push(runAddress(runId))}
                  onEndReached={pages.readMore}
                  toolbar={toolbar}
                  empty={<NoRuns isFiltered={isFiltered} />}
                />
              ),
            },
            {
              value: 'timeline',
              label: runWords('timeline'),
              content: <RunsTimeline filters={filters} toolbar={toolbar} />,
            },
          ]}
        />
      )}
    </>
  );
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }): ReactNode {
  return isFiltered ? (
    <EmptyState
      icon={ListVideo}
      title={runWords('noneMatch')}
      action={<ButtonLink href="/runs">{runWords('showAll')}</ButtonLink>}
    >
      {runWords('noneMatchHelp')}
    </EmptyState>
  ) : (
    <EmptyState
      icon={ListVideo}
      title={runWords('none')}
      action={<ButtonLink href="/pipelines">{runWords('toPipelines')}</ButtonLink>}
    >
      {runWords('noneHelp')}
    </EmptyState>
  );
}

function Filters({
  filters,
  counts,
}: {
  readonly filters: RunFilters;
  readonly counts: RunPages['counts'];
}): ReactNode {
  const { data } = useOperation('pipelines/list-pipelines', {});
  const names = new Set(data?.pipelines.map(({ name }) => name));
  if (filters.pipeline !== ALL) names.add(filters.pipeline);
  return (
    <>
      <div className="w-48">
        <SelectField
          label={runWords('pipeline')}
          isLabelHidden
          value={filters.pipeline}
          options={[
            { value: ALL, label: runWords('allPipelines') },
            ...[...names].sort().map((name) => ({ value: name, label: name })),
          ]}
          onChange={filters.setPipeline}
        />
      </div>
      <div className="w-44">
        <SelectField
          label={runWords('state')}
          isLabelHidden
          value={filters.state}
          options={[
            { value: ALL, label: runWords('allStates') },
            ...RUN_STATES.map((state) => ({
              value: state,
              label:
                counts === undefined
                  ? runWord(state)
                  : runWords('stateCount', { state: runWord(state), count: counts[state] ?? 0 }),
            })),
          ]}
          onChange={filters.setState}
        />
      </div>
      <div className="w-40">
        <SelectField
          label={runWords('started')}
          isLabelHidden
          value={filters.span}
          options={[
            { value: ALL, label: runWords('anyTime') },
            { value: 'hour', label: runWords('lastHour') },
            { value: 'day', label: runWords('lastDay') },
            { value: 'week', label: runWords('lastWeek') },
            { value: 'month', label: runWords('lastMonth') },
          ]}
          onChange={filters.setSpan}
        />
      </div>
    </>
  );
}
