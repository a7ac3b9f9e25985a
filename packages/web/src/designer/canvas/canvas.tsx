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
import type { ClipboardEvent, DragEvent, ReactNode } from 'react';

import { copySteps, type DocumentValue } from '@millrace/spec';

import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import { addStep } from '../model/add-step.ts';
import { fits, inputPorts } from '../model/connect-steps.ts';
import { SNAP, toPlace, type Place } from '../model/grid.ts';
import { uploadFile } from '../state/upload-file.ts';
import { useDesigner } from '../state/use-designer.ts';
import { AddMenu, type AddRequest } from './add-menu.tsx';
import { CanvasControls } from './canvas-controls.tsx';
import { canvasEdges, canvasNodes } from './canvas-elements.ts';
import { dragged, DRAG_TYPE } from './drag-entry.ts';
import { FlowEdge, type FlowEdgeType } from './flow-edge.tsx';
import { StepNode, type StepNodeType } from './step-node.tsx';
import { useCanvasKeys } from './use-canvas-keys.ts';

const NODE_TYPES: NodeTypes = { step: StepNode };
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

function CanvasInside({ onProblems, onRename, onDelete, onSave }: CanvasProps): ReactNode {
  const { state, dispatch, compiled, lastRun, counts, isReadOnly } = useDesigner();
  const { graph, selected } = state;
  const flow = useReactFlow<StepNodeType, FlowEdgeType>();
  const box = useRef<HTMLDivElement>(null);
  // What is drawn into nothing stays where it was dropped.
  const fitsAtFirst = useRef(graph.steps.size > 0 && graph.steps.size <= DRAWN_WHOLE);
  const [moving, setMoving] = useState<ReadonlyMap<string, { readonly x: number; readonly y: number }>>(
    new Map(),
  );
  const [adding, setAdding] = useState<AddRequest | undefined>(undefined);

  const drawn = useMemo(
    () => canvasNodes({ state, compiled, lastRun, isReadOnly, onProblems, onRename }),
    [state, compiled, lastRun, isReadOnly, onProblems, onRename],
  );
  const nodes = useMemo(
    () =>
      moving.size === 0
        ? drawn
        : drawn.map((node) => ({ ...node, position: moving.get(node.id) ?? node.position })),
    [drawn, moving],
  );
  const edges = useMemo(() => canvasEdges(state, lastRun, counts), [state, lastRun, counts]);

  const onNodesChange = useCallback(
    (changes: readonly NodeChange<StepNodeType>[]) => {
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
        if (isSelected) names.add(id);
        else names.delete(id);
      }
      dispatch({ kind: 'select', names: [...names] });
    },
    [dispatch, state.selected],
  );
  const onNodeDragStop = useCallback(
    (_: unknown, __: unknown, all: readonly StepNodeType[]) => {
      setMoving(new Map());
      const edits = all.flatMap(({ id, position }) => {
        const at = toPlace(position);
        const was = state.places.get(id);
        return was?.[0] === at[0] && was[1] === at[1] ? [] : [{ kind: 'moveStep', name: id, at } as const];
      });
      if (edits.length > 0) dispatch({ kind: 'edit', edits, label: designerWords('arrange') });
    },
    [dispatch, state.places],
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

  const edgeAt = (x: number, y: number): string | undefined =>
    document
      .elementsFromPoint(x, y)
      .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
      .find((id) => id !== null && id !== undefined) ?? undefined;
  const onDragOver = (event: DragEvent): void => {
    if (isReadOnly || !event.dataTransfer.types.some((type) => type === DRAG_TYPE || type === 'Files'))
      return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const over = edgeAt(event.clientX, event.clientY);
    for (const edge of box.current?.querySelectorAll('.react-flow__edge') ?? [])
      edge.classList.toggle('is-target', edge.getAttribute('data-id') === over);
  };
  const onDrop = (event: DragEvent): void => {
    for (const edge of box.current?.querySelectorAll('.is-target') ?? []) edge.classList.remove('is-target');
    const [file] = event.dataTransfer.files;
    if (file !== undefined && !isReadOnly) {
      event.preventDefault();
      void addFile(
        file,
        toPlace(snapped(flow.screenToFlowPosition({ x: event.clientX - 104, y: event.clientY - 28 }))),
      );
      return;
    }
    const entry = dragged(event.dataTransfer);
    if (entry === undefined || isReadOnly) return;
    event.preventDefault();
    if (entry.kind === 'check') {
      const step = document
        .elementsFromPoint(event.clientX, event.clientY)
        .map((element) => element.closest('[data-step]')?.getAttribute('data-step'))
        .find((name) => name !== null && name !== undefined);
      if (step !== undefined && step !== null) addCheck(step, entry);
      return;
    }
    const edge = graph.edges.find(({ id }) => id === edgeAt(event.clientX, event.clientY));
    const point = flow.screenToFlowPosition({ x: event.clientX - 104, y: event.clientY - 28 });
    const { name, edits } = addStep(graph, {
      verb: entry.verb,
      ...(entry.settings === undefined ? {} : { settings: entry.settings }),
      ...(edge === undefined ? { at: toPlace(snapped(point)) } : { onEdge: edge }),
    });
    dispatch({ kind: 'edit', edits, label: `+ ${name}`, select: [name] });
    box.current?.focus();
  };
  const addFile = async (file: File, at: Place): Promise<void> => {
    try {
      const settings = await uploadFile(file);
      const { name, edits } = addStep(graph, { verb: 'source', settings: { ...settings }, at });
      dispatch({ kind: 'edit', edits, label: `+ ${name}`, select: [name] });
      notify({ title: designerWords('uploaded', { file: file.name }) });
    } catch (error) {
      notifyFailure(designerWords('uploadFailed'))(error);
    }
  };
  const addCheck = (
    step: string,
    entry: { readonly name: string; readonly example: DocumentValue },
  ): void => {
    const checks = graph.steps.get(step)?.step['checks'];
    const index = Array.isArray(checks) ? checks.length : 0;
    dispatch({
      kind: 'edit',
      label: `+ ${entry.name}`,
      edits: [
        { kind: 'setField', path: ['steps', step, 'checks', index], value: { [entry.name]: entry.example } },
      ],
      select: [step],
    });
  };

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

  const keys = useCanvasKeys({ onDelete, onRename, onSave, onAdd: setAdding, box });
  useEffect(() => {
    if (state.refusal !== null)
      notify({ kind: 'failed', title: designerWords('refused'), description: state.refusal.reason });
  }, [state.refusal]);
  const [only] = selected.length === 1 ? selected : [];

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
      <ReactFlow<StepNodeType, FlowEdgeType>
        nodes={nodes as StepNodeType[]}
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
          if (!event.ctrlKey && !event.metaKey && !event.shiftKey) dispatch({ kind: 'select', names: [id] });
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
            nodeColor="var(--ink-3)"
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
        {only === undefined
          ? designerWords('selectedCount', { count: selected.length })
          : announce(only, state)}
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

function announce(name: string, { graph }: ReturnType<typeof useDesigner>['state']): string {
  const from = (graph.into.get(name) ?? []).map(({ ref }) => ref).join(', ');
  const verb = graph.steps.get(name)?.verb ?? '';
  return `${name}, ${verb}${from === '' ? '' : `, ${designerWords('readsFrom')} ${from}`}`;
}

function snapped({ x, y }: { readonly x: number; readonly y: number }): {
  readonly x: number;
  readonly y: number;
} {
  return { x: Math.round(x / SNAP[0]) * SNAP[0], y: Math.round(y / SNAP[1]) * SNAP[1] };
}
