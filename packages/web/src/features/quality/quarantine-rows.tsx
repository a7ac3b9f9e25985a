import type { OperationOutput } from '@millrace/control-plane';
import { Check, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { qualityWords } from '../../words/quality.ts';
import { ExportMenu } from '../sql/export-menu.tsx';
import { DecideDialog } from './decide-dialog.tsx';
import type { Decision } from './decide-dialog.tsx';
import type { QuarantineGroup } from './quarantine-group.ts';

type Row = OperationOutput<'quarantine/show-quarantine'>['rows'][number];

/** Rows that are shown at most; a decision or an export without a choice is about all of the group. */
const MAX_ROWS = 10_000;
const NONE: ReadonlySet<string> = new Set();

/** The rows of a group as they were, to be released, discarded or taken away as a file. */
export function QuarantineRows({ group }: { readonly group: QuarantineGroup }): ReactNode {
  const { pipeline, kind, step, check } = group;
  const selection = { pipeline, kind, step, ...(check === null ? {} : { check }) };
  const { data, error, isPending, refetch } = useOperation('quarantine/show-quarantine', {
    ...selection,
    limit: MAX_ROWS,
  });
  const [selected, setSelected] = useState(NONE);
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const rows = useMemo(() => data?.rows ?? [], [data]);
  const columns = useMemo(() => columnsOf(rows), [rows]);
  if (error !== null && data === undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={qualityWords('rowsFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  const chosen = rows.filter(({ row }) => selected.has(row));
  const meant = {
    ...selection,
    ...(chosen.length === 0 ? {} : { rows: chosen.map(({ row }) => row) }),
  };
  const isDecidable = kind === 'check' && rows.length > 0;
  return (
    <>
      <DataTable
        label={qualityWords('rowsTitle', { step })}
        rows={rows}
        columns={columns}
        rowId={({ row }) => row}
        urlPrefix="rows-"
        isLoading={isPending}
        selection={{ selected, onChange: setSelected }}
        toolbar={
          <>
            <span className="text-ink-2 tabular-nums">
              {chosen.length > 0
                ? qualityWords('chosen', { count: chosen.length })
                : qualityWords('shown', {
                    shown: formatNumber(rows.length),
                    total: formatNumber(data?.total ?? rows.length),
                  })}
            </span>
            <Button
              size="small"
              icon={Check}
              isDisabled={!isDecidable}
              onClick={() => setDeciding('release')}
            >
              {qualityWords('release')}
            </Button>
            <Button
              size="small"
              icon={Trash2}
              isDisabled={!isDecidable}
              onClick={() => setDeciding('discard')}
            >
              {qualityWords('discard')}
            </Button>
            <ExportMenu
              size="small"
              isDisabled={rows.length === 0}
              start={(format) => call('quarantine/start-quarantine-export', { ...meant, ...format })}
            />
          </>
        }
      />
      <DecideDialog
        decision={deciding}
        onClose={() => setDeciding(null)}
        onDecided={() => setSelected(NONE)}
        step={step}
        selection={meant}
      />
    </>
  );
}

function columnsOf(rows: readonly Row[]): readonly DataColumn<Row>[] {
  const names = [...new Set(rows.flatMap(({ columns }) => columns))];
  return [
    {
      id: 'row',
      header: qualityWords('row'),
      value: ({ row }) => row,
      cell: ({ row }) => <span className="font-mono">{row.slice(0, 8)}</span>,
      width: 90,
    },
    {
      id: 'reason',
      header: qualityWords('reason'),
      value: ({ reasons }) => reasons.join('; '),
      width: 220,
      grow: 1,
    },
    ...names.map((name): DataColumn<Row> => ({
      id: `value ${name}`,
      header: name,
      value: ({ columns, values }) => values[columns.indexOf(name)] ?? null,
      width: 120,
    })),
    { id: 'origin', header: qualityWords('origin'), value: ({ origin }) => origin, width: 160 },
  ];
}
