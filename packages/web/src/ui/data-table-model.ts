import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import type { ColumnDef, Row } from '@tanstack/react-table';
import type { ReactNode } from 'react';

/** What a column sorts by; `null` comes last in both directions. */
export type SortValue = string | number | boolean | null | undefined;

export interface DataColumn<Item> {
  readonly id: string;
  readonly header: string;
  /** What the column shows and sorts by, when `cell` does not show something else. */
  readonly value: (item: Item) => SortValue;
  readonly cell?: (item: Item) => ReactNode;
  /** Pixels, at least. */
  readonly width: number;
  /** Its share of the room that is left; 0 keeps it at its width. */
  readonly grow?: number;
  /** Numbers stand at the end. */
  readonly align?: 'start' | 'end';
  /** Only shown when a reader chooses it. */
  readonly isHiddenAtFirst?: boolean;
  readonly isUnsortable?: boolean;
}

export const tableParts = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});
export type TableParts = typeof tableParts;

export function toColumnDefs<Item extends object>(
  columns: readonly DataColumn<Item>[],
): ColumnDef<TableParts, Item>[] {
  return columns.map((column) => ({
    id: column.id,
    accessorFn: (item: Item) => column.value(item) ?? undefined,
    sortUndefined: 'last',
    sortFn: compareRows,
    enableSorting: column.isUnsortable !== true,
  }));
}

const texts = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareRows<Item extends object>(
  one: Row<TableParts, Item>,
  other: Row<TableParts, Item>,
  id: string,
): number {
  const left = one.getValue<SortValue>(id);
  const right = other.getValue<SortValue>(id);
  if (typeof left === 'string' || typeof right === 'string')
    return texts.compare(String(left), String(right));
  return Number(left) - Number(right);
}
