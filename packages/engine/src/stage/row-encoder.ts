import type { Batch, BatchEncoder, Destination } from '@millrace/connector-sdk';
import type { Field, SourceField } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

import type { StagedColumn } from './staged-columns.ts';

/** A destination's encoder for batches as the source reads them. */
export interface RowEncoder {
  /** Names of the staged columns whose values it does not look into. */
  readonly unchecked: ReadonlySet<string>;
  readonly encode: (batch: Batch) => Uint8Array | undefined;
}

/** Undefined when the destination has none, or when staged rows are not what the source reads: constants, casts, NULLs for a lost column. */
export function openRowEncoder(
  destination: Pick<Destination, 'encoder'>,
  columns: readonly StagedColumn[],
  fields: readonly SourceField[],
): RowEncoder | undefined {
  const order = columns.map((column) => fields.findIndex((field) => isSame(column, field)));
  if (destination.encoder === undefined || order.includes(-1)) return undefined;
  const staged: readonly Field[] = columns.map((column) => column.field);
  const encoder: BatchEncoder = destination.encoder(staged);
  return {
    unchecked: new Set(encoder.unchecked.flatMap((index) => staged[index]?.name ?? [])),
    encode: ({ rows, columns: vectors }) =>
      encoder.encode({ rows, columns: order.flatMap((index) => vectors[index] ?? []) }),
  };
}

function isSame({ field, origin }: StagedColumn, read: SourceField): boolean {
  return (
    origin.kind === 'source' &&
    origin.column === read.name &&
    duckdbType(field.type) === duckdbType(read.type)
  );
}
