import type { RunGraph } from '@millrace/control-plane';

/** Columns by the longest way from a source; the rows of a column in the order of what they are read from. */
export function placeNodes({
  nodes,
  edges,
}: RunGraph): ReadonlyMap<string, readonly [column: number, row: number]> {
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from]);
  const columns = new Map<string, number>();
  const columnOf = (id: string, path: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const before = (into.get(id) ?? []).filter((from) => !path.has(from));
    const column =
      before.length === 0 ? 0 : 1 + Math.max(...before.map((from) => columnOf(from, new Set([...path, id]))));
    columns.set(id, column);
    return column;
  };
  const byColumn: string[][] = [];
  for (const { id } of nodes) (byColumn[columnOf(id, new Set([id]))] ??= []).push(id);
  const rows = new Map<string, number>();
  const mean = (id: string): number => {
    const before = (into.get(id) ?? []).map((from) => rows.get(from) ?? 0);
    return before.length === 0 ? 0 : before.reduce((sum, row) => sum + row, 0) / before.length;
  };
  const places = new Map<string, readonly [number, number]>();
  for (const [column, ids] of byColumn.entries())
    for (const [row, id] of ids.toSorted((one, other) => mean(one) - mean(other)).entries()) {
      rows.set(id, row);
      places.set(id, [column, row]);
    }
  return places;
}
