import type { StepGroup } from '@millrace/spec';

/** A line of the list of steps. */
export type ListRow =
  | { readonly kind: 'step'; readonly name: string; readonly isInGroup: boolean }
  | { readonly kind: 'group'; readonly group: StepGroup; readonly isCollapsed: boolean };

/** Steps in their order, with those of a group under its name, where the first of them stands; collapsed ones are not listed. */
export function listRows(
  order: readonly string[],
  groups: readonly StepGroup[],
  collapsed: ReadonlySet<string>,
): readonly ListRow[] {
  const groupOf = new Map(groups.flatMap((group) => group.steps.map((step) => [step, group])));
  const seen = new Set<StepGroup>();
  return order.flatMap((name): readonly ListRow[] => {
    const group = groupOf.get(name);
    if (group === undefined) return [{ kind: 'step', name, isInGroup: false }];
    if (seen.has(group)) return [];
    seen.add(group);
    const isCollapsed = collapsed.has(group.name);
    const steps = isCollapsed ? [] : order.filter((step) => groupOf.get(step) === group);
    return [
      { kind: 'group', group, isCollapsed },
      ...steps.map((step): ListRow => ({ kind: 'step', name: step, isInGroup: true })),
    ];
  });
}

/** The steps of a line. */
export function stepsOfRow(row: ListRow): readonly string[] {
  return row.kind === 'step' ? [row.name] : row.group.steps;
}
