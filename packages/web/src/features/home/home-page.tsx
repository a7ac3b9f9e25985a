import { Cable, House, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { homeWords } from '../../words/home.ts';
import { HealthTable } from './health-table.tsx';
import { Incidents } from './incidents.tsx';
import { pipelineHealth } from '../pipelines/pipeline-health.ts';
import { RunningRuns } from './running-runs.tsx';

/** What needs somebody first, then what runs, then how everything is. */
export function HomePage(): ReactNode {
  const { data, error, refetch } = useOperation('pipelines/list-pipelines', {});
  const health = useMemo(
    () => (data?.pipelines ?? []).map(pipelineHealth).sort((one, other) => one.rank - other.rank),
    [data],
  );
  const incidents = health.filter(({ incident }) => incident !== null);
  const running = health.filter(({ pipeline }) => pipeline.recentRuns[0]?.state === 'running');
  const connect = (
    <ButtonLink href="/connections/new" kind="primary" icon={Plus}>
      {homeWords('connect')}
    </ButtonLink>
  );
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
        <EmptyState icon={Cable} title={homeWords('emptyTitle')} action={connect}>
          {homeWords('emptyHelp')}
        </EmptyState>
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
        <div className="flex min-h-0 flex-1 flex-col">
          <Incidents incidents={incidents} />
          <RunningRuns running={running.map(({ pipeline }) => pipeline)} />
          <HealthTable health={health} />
        </div>
      )}
    </>
  );
}
