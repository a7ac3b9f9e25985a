import { formatTableName } from '@millrace/spec';

import type { TableEvidence } from '../evidence/table-evidence.ts';
import type { Reference } from './find-references.ts';

/**
 * Tables after those they refer to. Tables that refer to each other in a circle stand together, in the order of their
 * names; so does everything that no reference decides.
 */
export function orderTables(
  tables: readonly TableEvidence[],
  references: readonly Reference[],
): readonly TableEvidence[] {
  const byName = new Map(tables.map((evidence) => [formatTableName(evidence.table.table), evidence]));
  const needs = new Map<string, Set<string>>([...byName.keys()].map((name) => [name, new Set()]));
  for (const { from, to } of references) {
    const [source, target] = [formatTableName(from), formatTableName(to)];
    if (source !== target && byName.has(target)) needs.get(source)?.add(target);
  }
  const ordered: TableEvidence[] = [];
  const pending = new Set([...byName.keys()].sort());
  while (pending.size > 0) {
    const ready = [...pending].filter((name) => needs.get(name)?.size === 0);
    // A circle: its first name goes first, because someone must.
    const next = ready.length > 0 ? ready : [leastNeeding(pending, needs)];
    for (const name of next) {
      const evidence = byName.get(name);
      if (evidence !== undefined) ordered.push(evidence);
      pending.delete(name);
      for (const needed of needs.values()) needed.delete(name);
    }
  }
  return ordered;
}

function leastNeeding(pending: ReadonlySet<string>, needs: ReadonlyMap<string, ReadonlySet<string>>): string {
  let least = '';
  for (const name of pending)
    if (least === '' || (needs.get(name)?.size ?? 0) < (needs.get(least)?.size ?? 0)) least = name;
  return least;
}
