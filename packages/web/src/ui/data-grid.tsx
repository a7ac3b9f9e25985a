import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { cellText, shownText } from './cell-text.ts';
import type { CellValue } from './cell-text.ts';
import { classNames } from './class-names.ts';
import { DataGridCell } from './data-grid-cell.tsx';

export interface GridColumn {
  readonly name: string;
  /** As people read it: `decimal(12, 2)`. */
  readonly type?: string;
  /** Numbers stand at the end. */
  readonly isNumeric?: boolean;
  /** Under the name, in a header of its own height: a small profile. */
  readonly below?: ReactNode;
}

export interface DataGridProps {
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly CellValue[])[];
  /** Height of what `below` shows, in pixels. */
  readonly belowHeight?: number;
  /** Shown under the headers when there are no rows. */
  readonly empty?: ReactNode;
  /** Number of the first row, counted from 1. */
  readonly firstRow?: number;
}

const ROW = 24;
const SAMPLED = 60;
const DIGIT = 7.25;

/** Values in rows and columns, virtual in both directions: results of queries and samples. Fills its place. */
export function DataGrid({
  label,
  columns,
  rows,
  belowHeight = 0,
  empty,
  firstRow = 1,
}: DataGridProps): ReactNode {
  const scroll = useRef<HTMLDivElement>(null);
  const id = useId();
  const measured = useMemo(
    () => columns.map((column, index) => widthOf(column, index, rows)),
    [columns, rows],
  );
  const [dragged, setDragged] = useState<Readonly<Record<string, number>>>({});
  const [active, setActive] = useState<readonly [number, number]>([0, 0]);
  const [opened, setOpened] = useState<readonly [number, number] | null>(null);
  const numberWidth = Math.max(36, String(firstRow + rows.length).length * DIGIT + 20);
  const head =
    28 + (belowHeight > 0 ? belowHeight + 4 : 0) + (columns.some((column) => column.type) ? 14 : 0);
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 16,
    scrollPaddingStart: head,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => dragged[columns[index]?.name ?? ''] ?? measured[index] ?? 120,
    getItemKey: (index) => `${index} ${columns[index]?.name} ${dragged[columns[index]?.name ?? ''] ?? ''}`,
    overscan: 4,
    scrollPaddingStart: numberWidth,
  });
  const width = across.getTotalSize() + numberWidth;
  const seen = across.getVirtualItems();

  const moveTo = (row: number, column: number): void => {
    const kept = [
      Math.max(0, Math.min(rows.length - 1, row)),
      Math.max(0, Math.min(columns.length - 1, column)),
    ] as const;
    setActive(kept);
    down.scrollToIndex(kept[0]);
    across.scrollToIndex(kept[1]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || rows.length === 0) return;
    const [row, column] = active;
    const page = Math.max(1, Math.floor(((scroll.current?.clientHeight ?? 240) - head) / ROW) - 1);
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? rows.length - 1 : row, columns.length - 1],
    };
    const target = moves[event.key];
    if (target !== undefined) moveTo(...target);
    else if (event.key === 'Enter') setOpened(active);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey))
      void navigator.clipboard?.writeText(cellText(rows[row]?.[column]));
    else return;
    event.preventDefault();
  };
  const resize = (start: PointerEvent<HTMLElement>, name: string, from: number): void => {
    start.preventDefault();
    const handle = start.currentTarget;
    handle.setPointerCapture(start.pointerId);
    const move = (event: globalThis.PointerEvent): void =>
      setDragged((all) => ({ ...all, [name]: Math.max(40, from + event.clientX - start.clientX) }));
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
      once: true,
    });
  };

  return (
    <div
      ref={scroll}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={rows.length > 0 ? `${id}-${active[0]}-${active[1]}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="bg-surface-1 group/grid min-h-0 flex-1 overflow-auto font-mono text-sm focus-visible:-outline-offset-2"
    >
      <div role="rowgroup" className="sticky top-0 z-20" style={{ width, minWidth: '100%' }}>
        <div
          role="row"
          className="border-line bg-surface-2 relative border-b font-sans"
          style={{ height: head }}
        >
          <div
            role="columnheader"
            aria-label="#"
            className="bg-surface-2 border-line sticky left-0 z-10 h-full border-r"
            style={{ width: numberWidth }}
          >
            <span className="sr-only">#</span>
          </div>
          {seen.map(({ index, start, size }) => {
            const column = columns[index];
            if (column === undefined) return null;
            return (
              <div
                key={`${index} ${column.name}`}
                role="columnheader"
                aria-colindex={index + 2}
                className="border-line absolute top-0 flex h-full min-w-0 flex-col border-r px-2 py-1"
                style={{ left: numberWidth + start, width: size }}
              >
                <span className="truncate font-medium" title={column.name}>
                  {shownText(column.name)}
                </span>
                {column.type === undefined ? null : (
                  <span className="text-ink-3 truncate text-xs leading-[14px]">{column.type}</span>
                )}
                {column.below === undefined ? null : (
                  <div className="mt-1" style={{ height: belowHeight }}>
                    {column.below}
                  </div>
                )}
                <span
                  aria-hidden
                  onPointerDown={(event) => resize(event, column.name, size)}
                  className="hover:bg-accent absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none"
                />
              </div>
            );
          })}
        </div>
      </div>
      <div
        role="rowgroup"
        className="relative"
        style={{ height: down.getTotalSize(), width, minWidth: '100%' }}
      >
        {down.getVirtualItems().map(({ index: row, start: top }) => (
          <div
            key={row}
            role="row"
            aria-rowindex={row + 2}
            className="border-line absolute inset-x-0 top-0 border-b"
            style={{ height: ROW, transform: `translateY(${top}px)` }}
          >
            <div
              role="rowheader"
              className="bg-surface-1 text-ink-3 border-line sticky left-0 z-10 h-full border-r px-2 text-right leading-[23px] tabular-nums"
              style={{ width: numberWidth }}
            >
              {firstRow + row}
            </div>
            {seen.map(({ index: column, start, size }) => {
              const value = rows[row]?.[column];
              const isActive = row === active[0] && column === active[1];
              return (
                <div
                  key={column}
                  id={`${id}-${row}-${column}`}
                  role="gridcell"
                  aria-colindex={column + 2}
                  onClick={() => setActive([row, column])}
                  onDoubleClick={() => setOpened([row, column])}
                  className={classNames(
                    'border-line absolute top-0 h-full truncate border-r px-2 leading-[23px]',
                    columns[column]?.isNumeric === true && 'text-right tabular-nums',
                    isActive &&
                      'shadow-[inset_0_0_0_1px_var(--line-strong)] group-focus/grid:shadow-[inset_0_0_0_2px_var(--accent)]',
                  )}
                  style={{ left: numberWidth + start, width: size }}
                >
                  <Value value={value} />
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {rows.length === 0 ? <div className="sticky left-0 font-sans">{empty}</div> : null}
      {opened === null ? null : (
        <DataGridCell
          column={columns[opened[1]]?.name ?? ''}
          row={firstRow + opened[0]}
          value={rows[opened[0]]?.[opened[1]]}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  );
}

function Value({ value }: { readonly value: CellValue }): ReactNode {
  if (value === null || value === undefined)
    return <span className="text-ink-3 font-sans text-xs italic">{uiWords('nullValue')}</span>;
  if (value === '')
    return <span className="text-ink-3 font-sans text-xs italic">{uiWords('emptyText')}</span>;
  return shownText(value);
}

function widthOf(column: GridColumn, index: number, rows: readonly (readonly CellValue[])[]): number {
  let longest = Math.max(column.name.length, (column.type ?? '').length);
  for (const row of rows.slice(0, SAMPLED)) longest = Math.max(longest, lengthOf(row[index]));
  return Math.round(Math.max(64, Math.min(320, longest * DIGIT + 20)));
}

function lengthOf(value: CellValue): number {
  if (value === null || value === undefined) return uiWords('nullValue').length;
  return value === '' ? uiWords('emptyText').length : shownText(value).length;
}
