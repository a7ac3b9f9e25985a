import { Cable, House } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { homeWords } from '../../words/home.ts';
import { ConnectLink } from '../connect/connect-link.tsx';
import { DatasetFreshness } from './dataset-freshness.tsx';
import { HealthTable } from './health-table.tsx';
import { Incidents } from './incidents.tsx';
import { pipelineHealth } from '../pipelines/pipeline-health.ts';
import { NextRuns } from './next-runs.tsx';
import { RunningRuns } from './running-runs.tsx';
import { useTour } from './use-tour.ts';

/** What needs somebody first, then what runs, then how everything is. */
export function HomePage(): ReactNode {
  const { data, error, refetch } = useOperation('pipelines/list-pipelines', {});
  useTour(data !== undefined);
  const health = useMemo(
    () => (data?.pipelines ?? []).map(pipelineHealth).sort((one, other) => one.rank - other.rank),
    [data],
  );
  const incidents = health.filter(({ incident }) => incident !== null);
  const running = health.filter(({ pipeline }) => pipeline.recentRuns[0]?.state === 'running');
  const connect = <ConnectLink label={homeWords('connect')} />;
  if (error)
    return (
      <>
        <PageHeader title={homeWords('title')} icon={House} />
        <div className="px-4">
          <ErrorPanel title={homeWords('failed')} error={error} onRetry={() => void refetch()} />
        </div>
      </>
    );
  if (data?.pipelines.length === 0)
    return (
      <>
        <PageHeader title={homeWords('title')} icon={House} />
        <div data-tour="home">
          <EmptyState icon={Cable} title={homeWords('emptyTitle')} action={connect}>
            {homeWords('emptyHelp')}
          </EmptyState>
        </div>
      </>
    );
  return (
    <>
      <PageHeader
        title={homeWords('title')}
        icon={House}
        facts={
          data === undefined ? null : (
            <span className="tabular-nums">
              {homeWords('pipelines', { count: health.length })}
              {' · '}
              {homeWords('healthy', { count: health.filter(({ tone }) => tone === 'ok').length })}
              {running.length === 0 ? '' : ` · ${homeWords('running', { count: running.length })}`}
              {incidents.length === 0 ? '' : ` · ${homeWords('needYou', { count: incidents.length })}`}
            </span>
          )
        }
        actions={connect}
      />
      {data === undefined ? (
        <SkeletonRows count={8} />
      ) : (
        <div className="flex min-h-0 flex-1 flex-col xl:flex-row">
          <div data-tour="home" className="flex min-h-0 min-w-0 flex-1 flex-col">
            <Incidents incidents={incidents} />
            <RunningRuns running={running.map(({ pipeline }) => pipeline)} />
            <HealthTable health={health} />
          </div>
          <aside
            aria-label={homeWords('fresh')}
            className="border-line max-h-72 shrink-0 overflow-y-auto border-t xl:max-h-none xl:w-80 xl:border-t-0 xl:border-l"
          >
            <DatasetFreshness />
            <NextRuns />
          </aside>
        </div>
      )}
    </>
  );
}
