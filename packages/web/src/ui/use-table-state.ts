import type { SortingState } from '@tanstack/react-table';
import { useMemo } from 'react';

import type { DataColumn } from './data-table-model.ts';
import { useUrlState } from './use-url-state.ts';

export interface TableState {
  readonly sorting: SortingState;
  readonly setSorting: (sorting: SortingState) => void;
  /** By column id: false when it is hidden. */
  readonly visibility: Readonly<Record<string, boolean>>;
  readonly setVisible: (id: string, isVisible: boolean) => void;
}

/** Sort (`sort=-rows`) and chosen columns (`columns=a,b`) of a table, in the URL under a prefix. */
export function useTableState<Item>(
  columns: readonly DataColumn<Item>[],
  initialSort: string,
  prefix: string,
): TableState {
  const [sort, setSort] = useUrlState(`${prefix}sort`, initialSort);
  const [shown, setShown] = useUrlState(`${prefix}columns`);
  return useMemo(() => {
    const chosen = shown === '' ? undefined : new Set(shown.split(','));
    const visibility = Object.fromEntries(
      columns.map((column) => [column.id, chosen ? chosen.has(column.id) : column.isHiddenAtFirst !== true]),
    );
    const id = sort.replace(/^-/, '');
    return {
      sorting: columns.some((column) => column.id === id) ? [{ id, desc: sort.startsWith('-') }] : [],
      setSorting: ([first]) => setSort(first === undefined ? '' : `${first.desc ? '-' : ''}${first.id}`),
      visibility,
      setVisible: (column, isVisible) => {
        const next = { ...visibility, [column]: isVisible };
        const isInitial = columns.every((each) => next[each.id] === (each.isHiddenAtFirst !== true));
        setShown(
          isInitial ? '' : columns.flatMap((each) => (next[each.id] === true ? [each.id] : [])).join(','),
        );
      },
    };
  }, [columns, sort, setSort, shown, setShown]);
}
