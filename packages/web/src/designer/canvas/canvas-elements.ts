import { MarkerType, Position, type NodeHandle } from '@xyflow/react';

import { selectedCards, type Card, type CardEdge, type CardGraph } from '../model/card-graph.ts';
import { inputPorts, outputRefs, portOf } from '../model/connect-steps.ts';
import { CARD, toPixels } from '../model/grid.ts';
import { relatives } from '../model/step-graph.ts';
import { stepMeaning } from '../model/step-meaning.ts';
import type { Designer } from '../state/use-designer.ts';
import { portTop, type PortData } from './card-ports.tsx';
import type { FlowEdgeType } from './flow-edge.tsx';
import type { GroupNodeData, GroupNodeType } from './group-node.tsx';
import { groupFacts } from './group-facts.ts';
import type { StepNodeData, StepNodeType } from './step-node.tsx';
import { stageOf } from './verb-icon.ts';

type Given = Pick<Designer, 'state' | 'compiled' | 'lastRun' | 'isReadOnly'> &
  Pick<StepNodeData, 'onProblems' | 'onRename'> &
  Pick<GroupNodeData, 'onExpand' | 'onRenameGroup'>;

export type CardNodeType = StepNodeType | GroupNodeType;

/** Ports of a collapsed group. */
const IN = 'in';
const OUT = 'out';

/** The cards of the steps, as the canvas draws them. */
export function canvasNodes(given: Given): readonly CardNodeType[] {
  const { cards, selected } = given.state;
  const chosen = selectedCards(cards, selected);
  const near = nearSelected(cards, chosen);
  const changed = new Set(given.compiled.answer?.changed ?? []);
  return [...cards.steps.values()].map((card): CardNodeType => {
    const isAside =
      near !== undefined && !chosen.has(card.id) && !near.before.has(card.id) && !near.after.has(card.id);
    const place = {
      position: toPixels(given.state.places.get(card.id) ?? [0, 0]),
      width: CARD.width,
      height: CARD.height,
      selected: chosen.has(card.id),
      draggable: !given.isReadOnly,
    };
    return card.kind === 'group'
      ? { ...groupNode(card, given, isAside, changed), ...place }
      : { ...stepNode(card, given, isAside, changed), ...place };
  });
}

function stepNode(
  { step }: Extract<Card, { readonly kind: 'step' }>,
  { state: { graph }, compiled, lastRun, isReadOnly, onProblems, onRename }: Given,
  isAside: boolean,
  changed: ReadonlySet<string>,
): Omit<StepNodeType, 'position'> {
  const { name, verb } = step;
  const problems = compiled.byStep.get(name) ?? [];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const meaning = stepMeaning(step);
  const inputs = inputPorts(step, graph).map(({ id, label }) => ({ id, label }));
  const outputs = outputRefs(step).map((ref) => ({ id: ref, label: ref }));
  const follows = compiled.answer?.steps[name]?.follows;
  return {
    id: name,
    type: 'step',
    handles: [...handlesOf(inputs, 'target'), ...handlesOf(outputs, 'source')],
    ariaLabel: name,
    data: {
      name,
      verb,
      stage: stageOf(verb),
      meaning,
      inputs,
      outputs,
      errors,
      warnings: problems.length - errors,
      isConfigured: !isUnconfigured(errors, meaning, inputs.length, graph.into.get(name)?.length ?? 0),
      isChanged: changed.has(name),
      isAside,
      follows,
      isIncremental: follows?.startsWith('changed') ?? false,
      run: lastRun.steps.get(name),
      isReadOnly,
      onProblems,
      onRename,
    },
  };
}

function groupNode(
  { id, group }: Extract<Card, { readonly kind: 'group' }>,
  { state: { cards }, compiled, lastRun, onProblems, onExpand, onRenameGroup }: Given,
  isAside: boolean,
  changed: ReadonlySet<string>,
): Omit<GroupNodeType, 'position'> {
  const inputs = cards.into.has(id) ? [{ id: IN, label: group.name }] : [];
  const outputs = cards.outOf.has(id) ? [{ id: OUT, label: group.name }] : [];
  return {
    id,
    type: 'group',
    handles: [...handlesOf(inputs, 'target'), ...handlesOf(outputs, 'source')],
    ariaLabel: group.name,
    data: {
      group,
      inputs,
      outputs,
      ...groupFacts(group, compiled, lastRun),
      isChanged: group.steps.some((step) => changed.has(step)),
      isAside,
      onProblems,
      onExpand,
      onRenameGroup,
    },
  };
}

/** Nothing says yet what it does, or it reads from nothing. */
function isUnconfigured(errors: number, meaning: string, inputs: number, connected: number): boolean {
  return errors > 0 && (meaning === '' || (inputs > 0 && connected === 0));
}

export function canvasEdges(
  { cards, selected }: Designer['state'],
  { rows }: Designer['lastRun'],
  estimates: ReadonlyMap<string, number>,
): readonly FlowEdgeType[] {
  const chosen = selectedCards(cards, selected);
  const near = nearSelected(cards, chosen);
  return cards.edges.map((edge): FlowEdgeType => {
    const isLit = near !== undefined && isOnTheWay(edge, chosen, near);
    const [first] = edge.edges;
    const counts =
      edge.edges.length === 1 && first !== undefined ? countOf(first.ref, rows, estimates) : NOT_COUNTED;
    const isFromGroup = cards.steps.get(edge.from)?.kind === 'group';
    const isIntoGroup = cards.steps.get(edge.to)?.kind === 'group';
    return {
      id: edge.id,
      type: 'flow',
      source: edge.from,
      sourceHandle: isFromGroup ? OUT : (first?.ref ?? null),
      target: edge.to,
      targetHandle: isIntoGroup || first === undefined ? IN : portOf(first),
      markerEnd: {
        type: MarkerType.ArrowClosed,
        width: 14,
        height: 14,
        color: isLit ? 'var(--accent)' : 'var(--line-strong)',
      },
      focusable: false,
      data: { ...counts, output: first?.output, isLit, isAside: near !== undefined && !isLit },
    };
  });
}

const NOT_COUNTED = { count: undefined, isEstimate: false };

function countOf(
  ref: string,
  rows: ReadonlyMap<string, number>,
  estimates: ReadonlyMap<string, number>,
): { readonly count: number | undefined; readonly isEstimate: boolean } {
  return { count: rows.get(ref) ?? estimates.get(ref), isEstimate: !rows.has(ref) };
}

/** What the one selected card comes from and what is made of it; undefined when none or several are. */
function nearSelected(
  cards: CardGraph,
  chosen: ReadonlySet<string>,
): ReturnType<typeof relatives> | undefined {
  const [only, ...others] = chosen;
  return only === undefined || others.length > 0 ? undefined : relatives(cards, only);
}

function isOnTheWay(
  { from, to }: CardEdge,
  chosen: ReadonlySet<string>,
  { before, after }: ReturnType<typeof relatives>,
): boolean {
  const isBefore = (id: string): boolean => chosen.has(id) || before.has(id);
  const isAfter = (id: string): boolean => chosen.has(id) || after.has(id);
  return (isBefore(from) && isBefore(to)) || (isAfter(from) && isAfter(to));
}

/** Places of ports, so that connections are drawn before a card was ever measured. */
function handlesOf(ports: readonly PortData[], type: 'source' | 'target'): readonly NodeHandle[] {
  return ports.map(({ id }, index) => ({
    id,
    type,
    position: type === 'source' ? Position.Right : Position.Left,
    x: type === 'source' ? CARD.width - 5 : -5,
    y: portTop(index, ports.length) - 5,
    width: 10,
    height: 10,
  }));
}
