import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';

import { classNames } from './class-names.ts';
import type { DataColumn } from './data-table-model.ts';
import type { TableState } from './use-table-state.ts';

interface DataTableHeadProps<Item> {
  readonly columns: readonly DataColumn<Item>[];
  readonly state: TableState;
  readonly template: string;
  readonly minWidth: number;
  readonly selectAll: ReactNode;
}

/** The line of headers, which sort. */
export function DataTableHead<Item>({
  columns,
  state,
  template,
  minWidth,
  selectAll,
}: DataTableHeadProps<Item>): ReactNode {
  const sorted = state.sorting[0];
  return (
    <div role="rowgroup" className="sticky top-0 z-10" style={{ minWidth }}>
      <div
        role="row"
        aria-rowindex={1}
        className="border-line bg-surface-1 text-ink-2 grid h-8 items-center border-b px-4 text-sm"
        style={{ gridTemplateColumns: template }}
      >
        {selectAll === null ? null : <div role="columnheader">{selectAll}</div>}
        {columns.map((column) => {
          const isSorted = sorted?.id === column.id;
          const direction = isSorted ? (sorted.desc ? 'descending' : 'ascending') : 'none';
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={column.isUnsortable === true ? undefined : direction}
              className={classNames('flex min-w-0 pr-4', column.align === 'end' && 'justify-end')}
            >
              {column.isUnsortable === true ? (
                <span className="truncate font-medium">{column.header}</span>
              ) : (
                <button
                  type="button"
                  onClick={() => state.setSorting([{ id: column.id, desc: isSorted ? !sorted.desc : false }])}
                  className="hover:text-ink-1 inline-flex min-w-0 items-center gap-1 rounded-sm font-medium"
                >
                  <span className="truncate">{column.header}</span>
                  {isSorted ? (
                    sorted.desc ? (
                      <ArrowDown size={12} aria-hidden className="shrink-0" />
                    ) : (
                      <ArrowUp size={12} aria-hidden className="shrink-0" />
                    )
                  ) : null}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
