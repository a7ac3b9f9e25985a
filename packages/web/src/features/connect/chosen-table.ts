import type { OperationInput, OperationOutput } from '@millrace/control-plane';

export type ProposedTable = OperationOutput<'connections/propose-loads'>['tables'][number];
export type TableLoad = OperationInput<'pipelines/create-replication'>['tables'][number]['load'];

/** A table that goes into the pipeline, loaded as proposed or as a person decided. */
export interface ChosenTable {
  readonly table: string;
  readonly load: TableLoad;
  readonly rows: number | null;
}

/** The loads that a table can have: what is proposed, all rows, and each column that could tell changes. */
export function loadsOf(table: ProposedTable): readonly { readonly id: string; readonly load: TableLoad }[] {
  const byCursor = table.cursors.map(({ column, lookback }): TableLoad =>
    table.load.mode === 'incremental' && table.load.cursor === column
      ? table.load
      : {
          mode: 'incremental',
          cursor: column,
          lookback,
          detectsDeletes: false,
        },
  );
  const proposed = table.load;
  const isListed =
    proposed.mode === 'full' ||
    byCursor.some((load) => load.mode === 'incremental' && load.cursor === proposed.cursor);
  return [{ mode: 'full' as const }, ...byCursor, ...(isListed ? [] : [proposed])].map((load) => ({
    id: loadId(load),
    load,
  }));
}

export function loadId(load: TableLoad): string {
  return load.mode === 'full' ? 'full' : `by ${load.cursor}`;
}
