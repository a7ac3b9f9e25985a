import type { CheckResult } from '@millrace/compiler';
import { ShieldCheck } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { runAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import type { StatusTone } from '../../ui/status-badge.tsx';
import { datasetWords } from '../../words/datasets.ts';
import type { ShownDataset } from './shown-dataset.ts';

interface CheckHistory {
  readonly id: string;
  readonly step: string;
  readonly newest: CheckResult;
  /** The latest last. */
  readonly results: readonly { readonly runId: string; readonly at: string; readonly result: CheckResult }[];
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
      // They come latest first.
      histories.set(id, {
        id,
        step,
        newest: known?.newest ?? result,
        results: [{ runId, at, result }, ...(known?.results ?? [])].slice(-SHOWN_RUNS),
      });
    }
  return [...histories.values()];
}

const TONES: Readonly<Record<CheckResult['status'], StatusTone>> = {
  passed: 'ok',
  warned: 'warn',
  failed: 'bad',
  skipped: 'off',
};

const FILLS: Readonly<Record<CheckResult['status'], string>> = {
  passed: 'bg-ok h-2',
  warned: 'bg-warn h-3',
  failed: 'bg-bad h-4',
  skipped: 'bg-line-strong h-1',
};

function wordOf(status: CheckResult['status']): string {
  return datasetWords(status === 'failed' ? 'failedCheck' : status);
}

const COLUMNS: readonly DataColumn<CheckHistory>[] = [
  {
    id: 'state',
    header: datasetWords('state'),
    value: ({ newest }) => newest.status,
    cell: ({ newest }) => (
      <StatusBadge tone={TONES[newest.status]} isPlain>
        {wordOf(newest.status)}
      </StatusBadge>
    ),
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
    cell: ({ results }) => (
      <span className="flex h-5 items-end gap-px">
        {results.map(({ runId, at, result }) => (
          <AppLink
            key={runId}
            href={runAddress(runId)}
            aria-label={`${wordOf(result.status)}, ${formatExact(new Date(at))}`}
            title={`${wordOf(result.status)}: ${result.observed}`}
            className="flex h-5 w-1.5 items-end"
          >
            <span className={`w-full rounded-[1px] ${FILLS[result.status]}`} />
          </AppLink>
        ))}
      </span>
    ),
    width: 230,
    isUnsortable: true,
  },
];
