/** Places in a document count columns and rows of the canvas; these are their pixels. A card is 208 × 56. */
export const CARD = { width: 208, height: 56 } as const;
export const CELL = { width: 256, height: 80 } as const;
/** Dragged cards snap to tenths of a cell. */
export const SNAP: readonly [number, number] = [CELL.width / 10, CELL.height / 10];

export type Place = readonly [column: number, row: number];

export function toPixels([column, row]: Place): { readonly x: number; readonly y: number } {
  return { x: column * CELL.width, y: row * CELL.height };
}

export function toPlace({ x, y }: { readonly x: number; readonly y: number }): Place {
  return [tenths(x / CELL.width), tenths(y / CELL.height)];
}

/** The nearest place to which dragged cards snap, in pixels. */
export function snapped({ x, y }: { readonly x: number; readonly y: number }): {
  readonly x: number;
  readonly y: number;
} {
  return { x: Math.round(x / SNAP[0]) * SNAP[0], y: Math.round(y / SNAP[1]) * SNAP[1] };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
