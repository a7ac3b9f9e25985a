import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatNumber, formatShare } from '../../ui/format-number.ts';
import { datasetWords } from '../../words/datasets.ts';
import { MiniHistogram } from './mini-histogram.tsx';
import { ProfileScope } from './profile-scope.tsx';
import type { ShownDataset } from './shown-dataset.ts';

type Column = ShownDataset['columns'][number];
type Profile = NonNullable<ShownDataset['profile']>['profile']['columns'][number];

/** The columns of a dataset, with what the newest profile says of each. */
export function DatasetColumns({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const profile = dataset.profile?.profile;
  const rows = Number(profile?.rows ?? 0);
  const byName = new Map(profile?.columns.map((column) => [column.name, column]));
  const items = dataset.columns.map((column) => ({ column, profile: byName.get(column.name), rows }));
  return (
    <DataTable
      label={datasetWords('columns')}
      toolbar={<ProfileScope dataset={dataset} />}
      rows={items}
      columns={COLUMNS}
      rowId={({ column }) => column.name}
      urlPrefix="columns-"
    />
  );
}

interface Item {
  readonly column: Column;
  readonly profile: Profile | undefined;
  readonly rows: number;
}

const COLUMNS: readonly DataColumn<Item>[] = [
  {
    id: 'column',
    header: datasetWords('column'),
    value: ({ column }) => column.name,
    cell: ({ column }) => (
      <span className="font-mono">
        {column.name}
        {column.isKey ? <span className="text-ink-3 pl-2 font-sans">{datasetWords('key')}</span> : null}
      </span>
    ),
    width: 180,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'type',
    header: datasetWords('type'),
    value: ({ column }) => column.type,
    cell: ({ column }) => <span className="text-ink-2 font-mono">{column.type}</span>,
    width: 140,
    isUnsortable: true,
  },
  {
    id: 'nulls',
    header: datasetWords('nulls'),
    value: ({ column, profile, rows }) =>
      profile === undefined || rows === 0
        ? column.nullable
          ? ''
          : datasetWords('required')
        : formatShare(Number(profile.nulls) / rows),
    width: 100,
    align: 'end',
    isUnsortable: true,
  },
  {
    id: 'distinct',
    header: datasetWords('distinct'),
    value: ({ profile }) =>
      profile?.distinct == null
        ? ''
        : `${profile.distinct.isExact ? '' : '≈ '}${formatNumber(Number(profile.distinct.count))}`,
    width: 110,
    align: 'end',
    isUnsortable: true,
  },
  {
    id: 'smallest',
    header: datasetWords('smallest'),
    value: ({ profile }) => profile?.min ?? '',
    width: 160,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'largest',
    header: datasetWords('largest'),
    value: ({ profile }) => profile?.max ?? '',
    width: 160,
    grow: 1,
    isUnsortable: true,
  },
  {
    id: 'values',
    header: datasetWords('profile'),
    value: () => '',
    cell: ({ profile }) =>
      profile?.histogram == null ? null : <MiniHistogram shares={profile.histogram.shares} />,
    width: 120,
    isUnsortable: true,
  },
];
