import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { CheckboxField } from './checkbox-field.tsx';
import { classNames } from './class-names.ts';
import { DataTableHead } from './data-table-head.tsx';
import { tableParts, toColumnDefs } from './data-table-model.ts';
import type { DataColumn } from './data-table-model.ts';
import { DataTableToolbar } from './data-table-toolbar.tsx';
import { SkeletonRows } from './skeleton.tsx';
import { useTableState } from './use-table-state.ts';

export type { DataColumn } from './data-table-model.ts';

export interface DataTableProps<Item extends object> {
  /** What the rows are; the accessible name. */
  readonly label: string;
  readonly rows: readonly Item[];
  /** Stable: at module scope or memoised. */
  readonly columns: readonly DataColumn<Item>[];
  readonly rowId: (row: Item) => string;
  /** A click on a row, or Enter. Links and buttons in cells act for themselves. */
  readonly onOpen?: (row: Item) => void;
  /** Column id, with a minus before it for descending. */
  readonly initialSort?: string;
  /** When a page has more than one table: what its state is called in the URL. */
  readonly urlPrefix?: string;
  readonly isLoading?: boolean;
  /** Shown instead of rows when there are none. */
  readonly empty?: ReactNode;
  /** Filters, left of the choice of columns. */
  readonly toolbar?: ReactNode;
  readonly selection?: {
    readonly selected: ReadonlySet<string>;
    readonly onChange: (selected: ReadonlySet<string>) => void;
  };
  /** Rows come sorted by whoever reads the URL's `sort`. */
  readonly isSortedOutside?: boolean;
  /** The last rows came into sight: time to read the next page. */
  readonly onEndReached?: () => void;
  readonly rowHeight?: number;
}

/** Rows of objects: sorted, virtual, walked with the keyboard, with its state in the URL. Fills its place. */
export function DataTable<Item extends object>({
  label,
  rows: items,
  columns,
  rowId,
  onOpen,
  initialSort = '',
  urlPrefix = '',
  isLoading = false,
  empty,
  toolbar,
  selection,
  isSortedOutside = false,
  onEndReached,
  rowHeight = 32,
}: DataTableProps<Item>): ReactNode {
  const state = useTableState(columns, initialSort, urlPrefix);
  const defs = useMemo(() => toColumnDefs(columns), [columns]);
  const table = useTable({
    features: tableParts,
    columns: defs,
    data: items,
    getRowId: rowId,
    manualSorting: isSortedOutside,
    enableSortingRemoval: false,
    state: { sorting: state.sorting, columnVisibility: { ...state.visibility } },
  });
  const rows = table.getRowModel().rows;
  const shown = columns.filter((column) => state.visibility[column.id] === true);
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const id = useId();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: 32,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last !== undefined && rows.length > 0 && last.index >= rows.length - 8) onEndReached?.();
    },
  });
  const template = [
    ...(selection === undefined ? [] : ['32px']),
    ...shown.map(({ width, grow = 0 }) => (grow > 0 ? `minmax(${width}px, ${grow}fr)` : `${width}px`)),
  ].join(' ');
  const minWidth = shown.reduce((sum, { width }) => sum + width, selection === undefined ? 0 : 32) + 32;

  const toggle = (rowKey: string): void => {
    if (selection === undefined) return;
    const next = new Set(selection.selected);
    if (!next.delete(rowKey)) next.add(rowKey);
    selection.onChange(next);
  };
  const moveTo = (index: number): void => {
    const kept = Math.max(0, Math.min(rows.length - 1, index));
    setActive(kept);
    virtualizer.scrollToIndex(kept);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || rows.length === 0) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 320) / rowHeight) - 2);
    const row = rows[active];
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row.original);
    else if (event.key === ' ' && row !== undefined) toggle(row.id);
    else return;
    event.preventDefault();
  };
  const open = (event: MouseEvent, item: Item): void => {
    if (event.target instanceof Element && event.target.closest('a,button,input,label,[role="checkbox"]'))
      return;
    onOpen?.(item);
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <DataTableToolbar columns={columns} state={state}>
        {toolbar}
      </DataTableToolbar>
      <div
        ref={scroll}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-busy={isLoading || undefined}
        aria-multiselectable={selection === undefined ? undefined : true}
        aria-activedescendant={active >= 0 && rows[active] !== undefined ? `${id}-${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === event.currentTarget && active < 0 && rows.length > 0) setActive(0);
        }}
        className="group/table min-h-0 flex-1 overflow-auto outline-none"
      >
        <DataTableHead
          columns={shown}
          state={state}
          template={template}
          minWidth={minWidth}
          selectAll={
            selection === undefined ? null : (
              <CheckboxField
                label={uiWords('selectAll')}
                isLabelHidden
                isChecked={rows.length > 0 && rows.every((row) => selection.selected.has(row.id))}
                isMixed={
                  rows.some((row) => selection.selected.has(row.id)) &&
                  !rows.every((row) => selection.selected.has(row.id))
                }
                onChange={(isChecked) => {
                  const next = new Set(selection.selected);
                  for (const row of rows) {
                    if (isChecked) next.add(row.id);
                    else next.delete(row.id);
                  }
                  selection.onChange(next);
                }}
              />
            )
          }
        />
        {isLoading && rows.length === 0 ? <SkeletonRows height={rowHeight} /> : null}
        <div
          role="rowgroup"
          className="relative text-sm"
          style={{ height: virtualizer.getTotalSize(), minWidth }}
        >
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <div
                key={row.id}
                id={`${id}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={selection === undefined ? undefined : selection.selected.has(row.id)}
                onClick={(event) => open(event, row.original)}
                className={classNames(
                  'border-line hover:bg-surface-2 absolute inset-x-0 top-0 grid items-center border-b px-4',
                  index === active &&
                    'group-focus/table:bg-surface-2 group-focus/table:shadow-[inset_3px_0_var(--accent)]',
                )}
                style={{
                  gridTemplateColumns: template,
                  height: rowHeight,
                  transform: `translateY(${start}px)`,
                }}
              >
                {selection === undefined ? null : (
                  <div role="gridcell">
                    <CheckboxField
                      label={uiWords('selectRow', { row: row.id })}
                      isLabelHidden
                      isChecked={selection.selected.has(row.id)}
                      onChange={() => toggle(row.id)}
                    />
                  </div>
                )}
                {shown.map((column) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    className={classNames(
                      'min-w-0 truncate pr-4',
                      column.align === 'end' && 'text-right tabular-nums',
                    )}
                  >
                    {column.cell ? column.cell(row.original) : String(column.value(row.original) ?? '')}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {!isLoading && rows.length === 0 && empty !== undefined ? (
          <div role="row">
            <div role="gridcell">{empty}</div>
          </div>
        ) : null}
      </div>
    </div>
  );
}
