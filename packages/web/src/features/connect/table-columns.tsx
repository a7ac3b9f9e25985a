import { KeyRound } from 'lucide-react';

import type { DataColumn } from '../../ui/data-table.tsx';
import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { SelectField } from '../../ui/select-field.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { connectWords } from '../../words/connect.ts';
import { loadId, loadsOf } from './chosen-table.ts';
import type { ProposedTable, TableLoad } from './chosen-table.ts';

/** The columns of the list of tables; how a table is loaded can be changed in its line, which chooses it. */
export function tableColumns({
  loadOf,
  onLoad,
}: {
  readonly loadOf: (table: ProposedTable) => TableLoad;
  readonly onLoad: (table: ProposedTable, load: TableLoad) => void;
}): readonly DataColumn<ProposedTable>[] {
  return [
    {
      id: 'table',
      header: connectWords('table'),
      value: ({ table }) => table,
      cell: ({ table, kind }) => (
        <span className="flex min-w-0 items-baseline" title={table}>
          {table.includes('.') ? (
            <>
              <span className="text-ink-3 max-w-[40%] shrink truncate">
                {table.slice(0, table.lastIndexOf('.'))}
              </span>
              <span className="text-ink-3">.</span>
            </>
          ) : null}
          <span className="min-w-0 shrink-[0.2] truncate font-medium">
            {table.slice(table.lastIndexOf('.') + 1)}
          </span>
          {kind === 'view' ? <span className="text-ink-3 ml-2 shrink-0">{connectWords('view')}</span> : null}
        </span>
      ),
      width: 150,
      grow: 2,
    },
    {
      id: 'rows',
      header: connectWords('rows'),
      value: ({ rows }) => rows,
      cell: ({ rows }) => (rows === null ? '?' : formatNumber(rows)),
      width: 88,
      align: 'end',
    },
    {
      id: 'bytes',
      header: connectWords('size'),
      value: ({ bytes }) => bytes,
      cell: ({ bytes }) => (bytes === null ? '?' : formatBytes(bytes)),
      width: 80,
      align: 'end',
    },
    {
      id: 'columns',
      header: connectWords('columns'),
      value: ({ columns }) => columns,
      width: 84,
      align: 'end',
      isHiddenAtFirst: true,
    },
    {
      id: 'key',
      header: connectWords('key'),
      value: ({ key }) => key.join(', '),
      cell: ({ key }) =>
        key.length === 0 ? (
          <span className="text-ink-3">{connectWords('noKey')}</span>
        ) : (
          <span className="flex min-w-0 items-center gap-1 font-mono">
            <KeyRound size={12} aria-hidden className="text-ink-3 shrink-0" />
            <span className="truncate">{key.join(', ')}</span>
          </span>
        ),
      width: 104,
    },
    {
      id: 'load',
      header: connectWords('load'),
      value: ({ load }) => loadId(load),
      cell: (table) => {
        const loads = loadsOf(table);
        const load = loadOf(table);
        return loads.length === 1 ? (
          connectWords('full')
        ) : (
          <SelectField
            label={connectWords('loadOf', { table: table.table })}
            isLabelHidden
            value={loadId(load)}
            options={loads.map((each) => ({
              value: each.id,
              label: loadWords(each.load),
              ...noteOf(table, each.load),
            }))}
            onChange={(id) => {
              const found = loads.find((each) => each.id === id);
              if (found !== undefined) onLoad(table, found.load);
            }}
          />
        );
      },
      width: 196,
    },
    {
      id: 'why',
      header: connectWords('why'),
      value: ({ reasons }) => reasons.join('; '),
      cell: (table) => {
        const isProposed = loadId(loadOf(table)) === loadId(table.load);
        const text = isProposed ? table.reasons.join('; ') : connectWords('yourChoice');
        return (
          <Tooltip text={text}>
            <span tabIndex={0} className="text-ink-2 block truncate rounded-sm">
              {text}
            </span>
          </Tooltip>
        );
      },
      width: 120,
      grow: 2,
      isUnsortable: true,
    },
  ];
}

export function loadWords(load: TableLoad): string {
  return load.mode === 'full' ? connectWords('full') : connectWords('incremental', { cursor: load.cursor });
}

function noteOf(table: ProposedTable, load: TableLoad): { readonly note?: string } {
  if (load.mode === 'full') return {};
  const reason = table.cursors.find(({ column }) => column === load.cursor)?.reason;
  return reason === undefined ? {} : { note: reason };
}
