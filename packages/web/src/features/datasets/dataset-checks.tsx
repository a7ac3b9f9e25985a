import type { CheckResult } from '@millrace/compiler';
import { ShieldCheck } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { datasetWords } from '../../words/datasets.ts';
import { CheckStatus, CheckTimeline } from '../quality/check-status.tsx';
import type { PastCheck } from '../quality/check-status.tsx';
import type { ShownDataset } from './shown-dataset.ts';

interface CheckHistory {
  readonly id: string;
  readonly step: string;
  readonly newest: CheckResult;
  /** The latest last. */
  readonly history: readonly PastCheck[];
}

const SHOWN_RUNS = 30;

/** What the checks of a dataset found, now and over time. */
export function DatasetChecks({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const histories = useMemo(() => gather(dataset.checks), [dataset.checks]);
  return (
    <DataTable
      label={datasetWords('checks')}
      rows={histories}
      columns={COLUMNS}
      rowId={({ id }) => id}
      urlPrefix="checks-"
      empty={
        <EmptyState icon={ShieldCheck} title={datasetWords('noChecks')}>
          {datasetWords('noChecksHelp')}
        </EmptyState>
      }
    />
  );
}

function gather(checks: ShownDataset['checks']): readonly CheckHistory[] {
  const histories = new Map<string, CheckHistory>();
  for (const { runId, step, at, results } of checks)
    for (const result of results) {
      const id = `${step}: ${result.name}`;
      const known = histories.get(id);
      const { status, observed } = result;
      // They come latest first.
      histories.set(id, {
        id,
        step,
        newest: known?.newest ?? result,
        history: [{ runId, at, status, observed }, ...(known?.history ?? [])].slice(-SHOWN_RUNS),
      });
    }
  return [...histories.values()];
}

const COLUMNS: readonly DataColumn<CheckHistory>[] = [
  {
    id: 'state',
    header: datasetWords('state'),
    value: ({ newest }) => newest.status,
    cell: ({ newest }) => <CheckStatus status={newest.status} />,
    width: 110,
  },
  { id: 'check', header: datasetWords('check'), value: ({ newest }) => newest.name, width: 200, grow: 1 },
  { id: 'step', header: datasetWords('step'), value: ({ step }) => step, width: 140 },
  {
    id: 'observed',
    header: datasetWords('observed'),
    value: ({ newest }) => newest.observed,
    width: 180,
    grow: 1,
  },
  {
    id: 'expected',
    header: datasetWords('expected'),
    value: ({ newest }) => newest.expected,
    width: 180,
    grow: 1,
  },
  {
    id: 'overTime',
    header: datasetWords('overTime'),
    value: () => '',
    cell: ({ history }) => <CheckTimeline history={history} />,
    width: 270,
    isUnsortable: true,
  },
];
