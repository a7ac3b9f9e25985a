import { outlinePlan } from '../explain/outline-plan.ts';
import { titleRelation } from '../explain/title-relation.ts';
import type { Plan } from '../plan.ts';

/** The graph of a plan as a Mermaid flowchart: tables, steps, tables. */
export function exportMermaid(plan: Plan): string {
  const { read, steps, write } = outlinePlan(plan);
  const ids = new Map<string, string>();
  const nodes: string[] = [];
  const edges = new Set<string>();
  const node = (kind: string, name: string, shape: readonly [string, string], label: string): string => {
    const key = JSON.stringify([kind, name]);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = `n${ids.size + 1}`;
    ids.set(key, id);
    nodes.push(`  ${id}${shape[0]}"${escape(label)}"${shape[1]}`);
    return id;
  };
  const table = (name: string) => node('table', name, ['[(', ')]'], name);
  const step = (name: string) => {
    const verb = steps.find((each) => each.name === name)?.verb;
    return node('step', name, ['[', ']'], verb === undefined ? name : `${name}\n${verb}`);
  };
  const landed = new Map(plan.tasks.map((task) => [task.id, task.destination.table.name]));
  for (const { task, connection, table: name, into } of read) {
    const from = table(`${connection}:${name}`);
    if (into !== null) edges.add(`  ${from} --> ${table(into)}`);
    else edges.add(`  ${from} --> ${step(titleRelation(landed.get(task) ?? ''))}`);
  }
  for (const { name, from, keptBecause } of steps) {
    const to = step(name);
    for (const input of from) edges.add(`  ${step(input)} --> ${to}`);
    if (keptBecause !== null) nodes.push(`  class ${to} kept`);
  }
  for (const { from, into } of write) edges.add(`  ${step(from)} --> ${table(into)}`);
  return ['flowchart LR', ...nodes, ...edges, '  classDef kept stroke-width:3px', ''].join('\n');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br/>');
}
