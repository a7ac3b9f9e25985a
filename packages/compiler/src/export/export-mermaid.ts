import type { PipelineDocument } from '@millrace/spec';

import { outlinePlan } from '../explain/outline-plan.ts';
import { titleRelation } from '../explain/title-relation.ts';
import { LANDING, type Plan } from '../plan.ts';

type Groups = NonNullable<PipelineDocument['groups']>;

/** The graph of a plan as a Mermaid flowchart: tables, steps, tables; the groups of its document as subgraphs. */
export function exportMermaid(plan: Plan, groups: Groups = {}): string {
  const { read, steps, write } = outlinePlan(plan);
  const groupOf = groupsOfRelations(plan, groups);
  const grouped = new Map<string, string[]>();
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
    const group = kind === 'step' ? groupOf.get(name) : undefined;
    if (group !== undefined) grouped.set(group, [...(grouped.get(group) ?? []), id]);
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
  const subgraphs = [...grouped].flatMap(([name, ids], index) => [
    `  subgraph g${index + 1}["${escape(name)}"]`,
    ...ids.map((id) => `    ${id}`),
    '  end',
  ]);
  return ['flowchart LR', ...nodes, ...subgraphs, ...edges, '  classDef kept stroke-width:3px', ''].join(
    '\n',
  );
}

/** By relation as people call it the group of its step; a step is in its first group. */
function groupsOfRelations({ tasks, steps }: Plan, groups: Groups): ReadonlyMap<string, string> {
  const ofStep = new Map<string, string>();
  for (const [group, names] of Object.entries(groups))
    for (const name of names) if (!ofStep.has(name)) ofStep.set(name, group);
  const landed = tasks.filter(({ destination }) => destination.connection === LANDING);
  const relations = [
    ...landed.map(({ sourceStep, destination }) => [destination.table.name, sourceStep] as const),
    ...steps.map(({ ref, step }) => [ref, step.split('/')[0] ?? step] as const),
  ];
  return new Map(
    relations.flatMap(([ref, step]) => {
      const group = ofStep.get(step);
      return group === undefined ? [] : [[titleRelation(ref), group] as const];
    }),
  );
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br/>');
}
