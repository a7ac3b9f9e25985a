/**
 * A column as it crosses between the engine and the sandbox. Fixed-width types look as in a `Vector`; text and bytes lie
 * one behind the other in `heap`, and `values` holds rows + 1 offsets into it as uint32. NULL is a byte, not a bit, and
 * the value beside it means nothing.
 */
export interface PackedColumn {
  readonly values: ArrayBuffer;
  /** One byte per row, 0 = NULL; null when every row has a value. */
  readonly valid: ArrayBuffer | null;
  readonly heap: ArrayBuffer | null;
}

export interface PackedBatch {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
}

/** Which of a column's buffers follow, in the order values, valid, heap. */
export interface ColumnShape {
  readonly hasValid: boolean;
  readonly hasHeap: boolean;
}

export function shapesOf(batch: PackedBatch): ColumnShape[] {
  return batch.columns.map(({ valid, heap }) => ({ hasValid: valid !== null, hasHeap: heap !== null }));
}

export function buffersOf(batch: PackedBatch): ArrayBuffer[] {
  return batch.columns.flatMap(({ values, valid, heap }) => [
    values,
    ...(valid === null ? [] : [valid]),
    ...(heap === null ? [] : [heap]),
  ]);
}

/** Puts the columns together again; throws a RangeError when buffers are missing. */
export function columnsOf(
  shapes: readonly ColumnShape[],
  buffers: readonly ArrayBuffer[],
): readonly PackedColumn[] {
  let next = 0;
  const take = (): ArrayBuffer => {
    const buffer = buffers[next++];
    if (buffer === undefined) throw new RangeError('A frame has fewer buffers than its columns need.');
    return buffer;
  };
  return shapes.map((shape) => ({
    values: take(),
    valid: shape.hasValid ? take() : null,
    heap: shape.hasHeap ? take() : null,
  }));
}
