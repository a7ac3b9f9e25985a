import { useRouter } from '@tanstack/react-router';
import { Workflow } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { pipelineWords } from '../../words/pipelines.ts';
import { uiWords } from '../../words/ui.ts';
import { ConnectLink } from '../connect/connect-link.tsx';
import { NewPipelineButton } from './new-pipeline-button.tsx';
import { pipelineColumns } from './pipeline-columns.tsx';
import { pipelineHealth } from './pipeline-health.ts';
import type { PipelineHealth } from './pipeline-health.ts';

type Filter = 'all' | 'needsYou' | 'running' | 'healthy';

const FILTERS: Readonly<Record<Filter, (health: PipelineHealth) => boolean>> = {
  all: () => true,
  needsYou: ({ incident }) => incident !== null,
  running: ({ pipeline }) => pipeline.recentRuns[0]?.state === 'running',
  healthy: ({ tone }) => tone === 'ok',
};

export function PipelinesPage(): ReactNode {
  const router = useRouter();
  const { data, error, isPending, refetch } = useOperation('pipelines/list-pipelines', {});
  const [text, setText] = useUrlState('find');
  const [state, setState] = useUrlState('state', 'all');
  const filter = Object.keys(FILTERS).includes(state) ? (state as Filter) : 'all';
  const rows = useMemo(
    () =>
      (data?.pipelines ?? [])
        .map(pipelineHealth)
        .filter((health) => FILTERS[filter](health) && isFound(health, text)),
    [data, filter, text],
  );
  const create = (
    <>
      <NewPipelineButton />
      <ConnectLink label={pipelineWords('connect')} />
    </>
  );
  const isNarrowed = text !== '' || filter !== 'all';
  return (
    <>
      <PageHeader title={pipelineWords('title')} icon={Workflow} actions={create} />
      {error ? (
        <div className="px-4">
          <ErrorPanel title={pipelineWords('failed')} error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={pipelineWords('title')}
          rows={rows}
          columns={COLUMNS}
          rowId={({ pipeline }) => pipeline.name}
          initialSort="name"
          isLoading={isPending}
          rowHeight={36}
          onOpen={({ pipeline }) => router.history.push(pipelineAddress(pipeline.name))}
          toolbar={
            <>
              <SearchField label={pipelineWords('find')} value={text} onChange={setText} />
              <div className="w-36">
                <SelectField<Filter>
                  label={pipelineWords('state')}
                  isLabelHidden
                  value={filter}
                  options={(Object.keys(FILTERS) as Filter[]).map((value) => ({
                    value,
                    label: pipelineWords(value),
                  }))}
                  onChange={setState}
                />
              </div>
            </>
          }
          empty={
            isNarrowed ? (
              <EmptyState
                icon={Workflow}
                title={uiWords('nothingMatches', { text: text || pipelineWords(filter) })}
              />
            ) : (
              <EmptyState icon={Workflow} title={pipelineWords('none')} action={create}>
                {pipelineWords('noneHelp')}
              </EmptyState>
            )
          }
        />
      )}
    </>
  );
}

const COLUMNS = pipelineColumns();

function isFound({ pipeline }: PipelineHealth, text: string): boolean {
  const { name, description, owner, tags, reads, writes } = pipeline;
  const words = [name, description ?? '', owner ?? '', ...tags, ...reads, ...writes].join(' ').toLowerCase();
  return words.includes(text.trim().toLowerCase());
}
