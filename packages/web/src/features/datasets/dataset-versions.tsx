import { History, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { runAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmByNameDialog } from '../../ui/confirm-by-name-dialog.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { datasetWords } from '../../words/datasets.ts';
import type { ShownDataset } from './shown-dataset.ts';

type Version = ShownDataset['versions'][number];

/** Every publication that is remembered; an earlier one can be published again. */
export function DatasetVersions({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const [chosen, setChosen] = useState<Version | null>(null);
  const rollBack = useAct('tables/rollback-table', ({ restoredRun }) => {
    setChosen(null);
    notify({ title: datasetWords('rolledBack', { name: dataset.name, run: restoredRun }) });
  });
  const columns = useMemo(() => columnsFor(setChosen), []);
  return (
    <>
      <DataTable
        label={datasetWords('versions')}
        rows={dataset.versions}
        columns={columns}
        rowId={({ version }) => String(version)}
        urlPrefix="versions-"
        empty={<EmptyState icon={History} title={datasetWords('noVersions')} />}
      />
      <ConfirmByNameDialog
        isOpen={chosen !== null}
        onClose={() => setChosen(null)}
        title={datasetWords('rollBackTitle', { name: dataset.name })}
        description={datasetWords('rollBackHelp', { version: chosen?.version ?? '' })}
        name={dataset.name}
        action={datasetWords('rollBack')}
        isBusy={rollBack.isPending}
        onConfirm={() => {
          if (chosen === null) return;
          rollBack.mutate(
            { table: dataset.name, toRun: chosen.restoredRun ?? chosen.runId, pipeline: dataset.pipeline },
            {
              onError: notifyFailure(datasetWords('notRolledBack')),
            },
          );
        }}
      />
    </>
  );
}

function columnsFor(choose: (version: Version) => void): readonly DataColumn<Version>[] {
  return [
    {
      id: 'version',
      header: datasetWords('version'),
      value: ({ version }) => version,
      cell: ({ version, isCurrent }) => (
        <span className="flex items-center gap-2">
          {version}
          {isCurrent ? <StatusBadge tone="ok">{datasetWords('current')}</StatusBadge> : null}
        </span>
      ),
      width: 130,
    },
    {
      id: 'published',
      header: datasetWords('published'),
      value: ({ publishedAt }) => publishedAt,
      cell: ({ publishedAt }) => <RelativeTime at={publishedAt} />,
      width: 140,
    },
    {
      id: 'rows',
      header: datasetWords('rows'),
      value: ({ rows }) => rows,
      cell: ({ rows }) => (rows === null ? '' : formatNumber(rows)),
      width: 120,
      align: 'end',
    },
    {
      id: 'run',
      header: datasetWords('run'),
      value: ({ runId }) => runId,
      cell: ({ runId, restoredRun }) => (
        <span>
          <TextLink href={runAddress(runId)}>
            <span className="font-mono">{runId}</span>
          </TextLink>
          {restoredRun === null ? null : (
            <span className="text-ink-3 pl-2">{datasetWords('restored', { run: restoredRun })}</span>
          )}
        </span>
      ),
      width: 240,
      grow: 1,
    },
    {
      id: 'act',
      header: datasetWords('act'),
      value: () => '',
      cell: (version) =>
        version.isCurrent ? null : (
          <Button size="small" kind="quiet" icon={Undo2} onClick={() => choose(version)}>
            {datasetWords('rollBack')}
          </Button>
        ),
      width: 120,
      isUnsortable: true,
    },
  ];
}
