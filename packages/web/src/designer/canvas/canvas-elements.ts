import { MarkerType, Position, type NodeHandle } from '@xyflow/react';

import { inputPorts, outputRefs, portOf } from '../model/connect-steps.ts';
import { CARD, toPixels } from '../model/grid.ts';
import { relatives, type GraphEdge } from '../model/step-graph.ts';
import { stepMeaning } from '../model/step-meaning.ts';
import type { Designer } from '../state/use-designer.ts';
import type { FlowEdgeType } from './flow-edge.tsx';
import { portTop, type PortData, type StepNodeData, type StepNodeType } from './step-node.tsx';
import { stageOf } from './verb-icon.ts';

type Given = Pick<Designer, 'state' | 'compiled' | 'lastRun' | 'isReadOnly'> &
  Pick<StepNodeData, 'onProblems' | 'onRename'>;

/** The cards of the steps, as the canvas draws them. */
export function canvasNodes(given: Given): readonly StepNodeType[] {
  const { state, compiled, lastRun, isReadOnly, onProblems, onRename } = given;
  const { graph, places, selected, draft } = state;
  const [only] = selected.length === 1 ? selected : [];
  const near = only === undefined ? undefined : relatives(graph, only);
  const chosen = new Set(selected);
  const changed = new Set(compiled.answer?.changed ?? []);
  return draft.steps.map((step): StepNodeType => {
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
      position: toPixels(places.get(name) ?? [0, 0]),
      width: CARD.width,
      height: CARD.height,
      handles: [...handlesOf(inputs, 'target'), ...handlesOf(outputs, 'source')],
      selected: chosen.has(name),
      draggable: !isReadOnly,
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
        isAside: near !== undefined && name !== only && !near.before.has(name) && !near.after.has(name),
        follows,
        isIncremental: follows?.startsWith('changed') ?? false,
        run: lastRun.steps.get(name),
        isReadOnly,
        onProblems,
        onRename,
      },
    };
  });
}

/** Nothing says yet what it does, or it reads from nothing. */
function isUnconfigured(errors: number, meaning: string, inputs: number, connected: number): boolean {
  return errors > 0 && (meaning === '' || (inputs > 0 && connected === 0));
}

export function canvasEdges(
  { graph, selected }: Designer['state'],
  { rows }: Designer['lastRun'],
  estimates: ReadonlyMap<string, number>,
): readonly FlowEdgeType[] {
  const [only] = selected.length === 1 ? selected : [];
  const near = only === undefined ? undefined : relatives(graph, only);
  return graph.edges.map((edge): FlowEdgeType => {
    const isLit = near !== undefined && only !== undefined && isOnTheWay(edge, only, near);
    return {
      id: edge.id,
      type: 'flow',
      source: edge.from,
      sourceHandle: edge.ref,
      target: edge.to,
      targetHandle: portOf(edge),
      markerEnd: {
        type: MarkerType.ArrowClosed,
        width: 14,
        height: 14,
        color: isLit ? 'var(--accent)' : 'var(--line-strong)',
      },
      focusable: false,
      data: {
        count: rows.get(edge.ref) ?? estimates.get(edge.ref),
        isEstimate: !rows.has(edge.ref),
        output: edge.output,
        isLit,
        isAside: near !== undefined && !isLit,
      },
    };
  });
}

function isOnTheWay(
  { from, to }: GraphEdge,
  only: string,
  { before, after }: ReturnType<typeof relatives>,
): boolean {
  const isBefore = (name: string): boolean => name === only || before.has(name);
  const isAfter = (name: string): boolean => name === only || after.has(name);
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
