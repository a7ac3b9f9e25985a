import './../designer.css';

import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type Connection,
  type EdgeTypes,
  type FinalConnectionState,
  type NodeChange,
  type NodeTypes,
} from '@xyflow/react';
import { Plus, Workflow } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ClipboardEvent, ReactNode } from 'react';

import { copySteps } from '@millrace/spec';

import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import { selectedCards, stepsOfCard, type Card } from '../model/card-graph.ts';
import { fits, inputPorts } from '../model/connect-steps.ts';
import { SNAP, snapped, toPlace } from '../model/grid.ts';
import { moveCards } from '../model/move-cards.ts';
import type { DesignerState } from '../state/designer-state.ts';
import { useDesigner } from '../state/use-designer.ts';
import { AddMenu, type AddRequest } from './add-menu.tsx';
import { CanvasControls } from './canvas-controls.tsx';
import { canvasEdges, canvasNodes, type CardNodeType } from './canvas-elements.ts';
import { FlowEdge, type FlowEdgeType } from './flow-edge.tsx';
import { GroupFrame, groupFrames, type GroupFrameType } from './group-frame.tsx';
import { GroupNode } from './group-node.tsx';
import { StepNode } from './step-node.tsx';
import { useCanvasDrop } from './use-canvas-drop.ts';
import { useCanvasKeys } from './use-canvas-keys.ts';
import { useGroupActs } from './use-group-acts.ts';
import { useShowCard } from './use-show-card.ts';

type CanvasNode = CardNodeType | GroupFrameType;

const NODE_TYPES: NodeTypes = { step: StepNode, group: GroupNode, frame: GroupFrame };
const EDGE_TYPES: EdgeTypes = { flow: FlowEdge };
/** Above this, only what can be seen is drawn, and the canvas opens at the beginning instead of showing all. */
const DRAWN_WHOLE = 60;
/** Above this, a map of the whole would cost more than it tells. */
const MAPPED = 1500;

const BEGINNING = { x: 32, y: 32, zoom: 0.85 };
const ORIGIN = { x: 0, y: 0, zoom: 1 };

interface CanvasProps {
  readonly onProblems: (name: string) => void;
  readonly onRename: (name: string) => void;
  readonly onDelete: (names: readonly string[]) => void;
  readonly onGroup: () => void;
  readonly onSave: () => void;
}

/** The steps as cards and their connections, by mouse and by keyboard. */
export function Canvas(props: CanvasProps): ReactNode {
  return (
    <ReactFlowProvider>
      <CanvasInside {...props} />
    </ReactFlowProvider>
  );
}

function CanvasInside({ onProblems, onRename, onDelete, onGroup, onSave }: CanvasProps): ReactNode {
  const { state, dispatch, compiled, lastRun, counts, isReadOnly } = useDesigner();
  const { cards, graph, selected } = state;
  const groups = useGroupActs();
  const flow = useReactFlow<CanvasNode, FlowEdgeType>();
  const box = useRef<HTMLDivElement>(null);
  // What is drawn into nothing stays where it was dropped.
  const fitsAtFirst = useRef(graph.steps.size > 0 && graph.steps.size <= DRAWN_WHOLE);
  const [moving, setMoving] = useState<ReadonlyMap<string, { readonly x: number; readonly y: number }>>(
    new Map(),
  );
  const [adding, setAdding] = useState<AddRequest | undefined>(undefined);

  const drawn = useMemo(
    () =>
      canvasNodes({
        state,
        compiled,
        lastRun,
        isReadOnly,
        onProblems,
        onRename,
        onExpand: groups.expand,
        onRenameGroup: groups.rename,
      }),
    [state, compiled, lastRun, isReadOnly, onProblems, onRename, groups],
  );
  const nodes = useMemo((): readonly CanvasNode[] => {
    const moved =
      moving.size === 0
        ? drawn
        : drawn.map((node) => ({ ...node, position: moving.get(node.id) ?? node.position }));
    const frames = groupFrames(state.draft.groups, moved, groups);
    return frames.length === 0 ? moved : [...frames, ...moved];
  }, [drawn, moving, state.draft.groups, groups]);
  const edges = useMemo(() => canvasEdges(state, lastRun, counts), [state, lastRun, counts]);

  const onNodesChange = useCallback(
    (changes: readonly NodeChange<CanvasNode>[]) => {
      const moved = changes.flatMap((change) =>
        change.type === 'position' && change.dragging === true && change.position !== undefined
          ? [[change.id, change.position] as const]
          : [],
      );
      if (moved.length > 0) setMoving((before) => new Map([...before, ...moved]));
      const chosen = changes.filter((change) => change.type === 'select');
      if (chosen.length === 0) return;
      const names = new Set(state.selected);
      for (const { id, selected: isSelected } of chosen) {
        const card = cards.steps.get(id);
        for (const name of card === undefined ? [] : stepsOfCard(card)) {
          if (isSelected) names.add(name);
          else names.delete(name);
        }
      }
      dispatch({ kind: 'select', names: [...names] });
    },
    [dispatch, cards, state.selected],
  );
  const onNodeDragStop = useCallback(
    (_: unknown, __: unknown, all: readonly CanvasNode[]) => {
      setMoving(new Map());
      const edits = moveCards(state, new Map(all.map(({ id, position }) => [id, toPlace(position)])));
      if (edits.length > 0) dispatch({ kind: 'edit', edits, label: designerWords('arrange') });
    },
    [dispatch, state],
  );
  const onConnect = useCallback(
    ({ source, sourceHandle, target, targetHandle }: Connection) => {
      const step = graph.steps.get(target);
      const port = step && inputPorts(step, graph).find(({ id }) => id === targetHandle);
      dispatch({
        kind: 'edit',
        label: `${source} → ${target}`,
        edits: [
          {
            kind: 'connect',
            from: sourceHandle ?? source,
            to: target,
            ...(port?.input === undefined ? {} : { input: port.input }),
          },
        ],
        select: [target],
      });
    },
    [dispatch, graph],
  );
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, connection: FinalConnectionState) => {
      if (connection.toNode !== null || connection.fromHandle?.type !== 'source') return;
      const point = 'clientX' in event ? event : event.changedTouches[0];
      if (point === undefined || isReadOnly) return;
      const at = toPlace(snapped(flow.screenToFlowPosition({ x: point.clientX, y: point.clientY - 28 })));
      const from = connection.fromNode?.id;
      const ref = connection.fromHandle.id ?? from;
      if (from !== undefined && ref !== undefined)
        setAdding({ after: ref, at, x: point.clientX, y: point.clientY });
    },
    [flow, isReadOnly],
  );
  const isValidConnection = useCallback(
    ({ source, target }: { source: string; target: string }) => fits(graph, source, target),
    [graph],
  );

  const { onDragOver, onDrop } = useCanvasDrop(box);
  // By the browser's own events, which need no permission.
  const copy = (event: ClipboardEvent, isCut: boolean): void => {
    if (event.target !== event.currentTarget || selected.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', copySteps(state.log.text, selected));
    if (isCut && !isReadOnly) onDelete(selected);
  };
  const paste = (event: ClipboardEvent): void => {
    if (event.target !== event.currentTarget || isReadOnly) return;
    event.preventDefault();
    const yaml = event.clipboardData.getData('text/plain');
    dispatch({ kind: 'edit', edits: [{ kind: 'pasteSteps', yaml }], label: 'paste', select: 'added' });
  };

  const showCard = useShowCard(box);
  const keys = useCanvasKeys({ onDelete, onRename, onGroup, onSave, onAdd: setAdding, showCard, box });
  useEffect(() => {
    if (state.refusal !== null)
      notify({ kind: 'failed', title: designerWords('refused'), description: state.refusal.reason });
  }, [state.refusal]);
  const [only, ...others] = selectedCards(cards, selected);
  // What was just added has no place that anyone chose, and may lie outside of what is seen.
  const known = useRef(cards.steps);
  useEffect(() => {
    const place = only === undefined || known.current.has(only) ? undefined : state.places.get(only);
    known.current = cards.steps;
    if (place !== undefined) showCard(place);
  }, [only, cards.steps, state.places, showCard]);
  const announced = only === undefined || others.length > 0 ? undefined : cards.steps.get(only);

  return (
    <div
      ref={box}
      role="application"
      aria-label={designerWords('steps')}
      aria-describedby="canvas-keys"
      tabIndex={0}
      onKeyDown={keys}
      onCopy={(event) => copy(event, false)}
      onCut={(event) => copy(event, true)}
      onPaste={paste}
      onDragOver={onDragOver}
      onDrop={onDrop}
      data-part="canvas"
      className="relative flex min-h-0 min-w-0 flex-1 outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
    >
      <ReactFlow<CanvasNode, FlowEdgeType>
        nodes={nodes as CanvasNode[]}
        edges={edges as FlowEdgeType[]}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onNodeDragStop={onNodeDragStop}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        onPaneClick={() => {
          dispatch({ kind: 'select', names: [] });
          box.current?.focus();
        }}
        onNodeClick={(event, { id }) => {
          // One of several that are selected is then the only one.
          const card = cards.steps.get(id);
          if (card !== undefined && !event.ctrlKey && !event.metaKey && !event.shiftKey)
            dispatch({ kind: 'select', names: stepsOfCard(card) });
          box.current?.focus();
        }}
        onEdgesDelete={() => undefined}
        nodesFocusable={false}
        edgesFocusable={false}
        nodesConnectable={!isReadOnly}
        deleteKeyCode={null}
        disableKeyboardA11y
        multiSelectionKeyCode={['Meta', 'Control']}
        selectionMode={SelectionMode.Partial}
        snapToGrid
        snapGrid={[SNAP[0], SNAP[1]]}
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={1.5}
        fitView={fitsAtFirst.current}
        defaultViewport={graph.steps.size > DRAWN_WHOLE ? BEGINNING : ORIGIN}
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        onlyRenderVisibleElements={nodes.length > DRAWN_WHOLE}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={28} size={1} />
        {nodes.length > 1 && nodes.length <= MAPPED ? (
          <MiniMap
            pannable
            zoomable
            ariaLabel={null}
            nodeColor={({ type }) => (type === 'frame' ? 'var(--line)' : 'var(--ink-3)')}
            nodeStrokeWidth={0}
            style={{ width: 140, height: 90 }}
          />
        ) : null}
      </ReactFlow>
      <CanvasControls />
      {graph.steps.size > 0 ? null : (
        <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
          <EmptyState
            icon={Workflow}
            title={designerWords('emptyTitle')}
            action={
              <span className="pointer-events-auto">
                <Button
                  icon={Plus}
                  isDisabled={isReadOnly}
                  onClick={() => {
                    const place = box.current?.getBoundingClientRect();
                    setAdding({ after: undefined, x: (place?.left ?? 0) + 80, y: (place?.top ?? 0) + 80 });
                  }}
                >
                  {designerWords('addSource')}
                </Button>
              </span>
            }
          >
            {designerWords('emptyHelp')}
          </EmptyState>
        </div>
      )}
      <p id="canvas-keys" className="sr-only">
        {designerWords('keyHelp')}
      </p>
      <p aria-live="polite" className="sr-only">
        {announced === undefined
          ? designerWords('selectedCount', { count: selected.length })
          : announce(announced, state)}
      </p>
      {adding === undefined ? null : (
        <AddMenu
          request={adding}
          onClose={() => {
            setAdding(undefined);
            box.current?.focus();
          }}
        />
      )}
    </div>
  );
}

function announce(card: Card, { graph, cards }: DesignerState): string {
  const from = (graph.into.get(card.id) ?? []).map(({ ref }) => ref);
  const what =
    card.kind === 'step'
      ? (card.step.verb ?? '')
      : `${designerWords('aGroup')}, ${designerWords('stepCount', { count: card.group.steps.length })}`;
  const read = card.kind === 'step' ? from : (cards.into.get(card.id) ?? []).map((edge) => edge.from);
  const name = card.kind === 'step' ? card.id : card.group.name;
  return `${name}, ${what}${read.length === 0 ? '' : `, ${designerWords('readsFrom')} ${read.join(', ')}`}`;
}
