import type { OperationOutput, RunGraphNode } from '@millrace/control-plane';
import { Network } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';

import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCompact, formatNumber } from '../../ui/format-number.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { runWords } from '../../words/runs.ts';
import { runWord } from '../pipelines/run-state.ts';
import { nodeState } from './node-state.ts';
import { placeNodes } from './place-nodes.ts';
import { RunBar } from './run-bar.tsx';
import { taskTone } from './task-look.ts';
import { countedRows } from './step-counts.ts';
import type { WatchedTask } from './watched-tasks.ts';

type ShownRun = OperationOutput<'runs/show-run'>;

const CARD = { width: 208, height: 56 };
const CELL = { width: 256, height: 76 };
const MARGIN = 16;
/** Smaller than this nobody reads it: then it scrolls. */
const LEAST_SCALE = 0.7;
const STAGES: Readonly<Record<RunGraphNode['kind'], string>> = {
  source: 'bg-stage-source',
  step: 'bg-stage-transform',
  check: 'bg-stage-check',
  destination: 'bg-stage-destination',
  table: 'bg-stage-destination',
};

/** What the run reads, makes and writes, with where each part stands now. */
export function RunGraphView({
  run,
  tasks: watched,
  selected,
  onSelect,
}: {
  readonly run: ShownRun;
  /** Its tables as they are at this moment. */
  readonly tasks: readonly WatchedTask[];
  /** Id of a node; empty for none. */
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}): ReactNode {
  const { graph } = run;
  const places = useMemo(() => placeNodes(graph), [graph]);
  const tasks = new Map(watched.map((task) => [task.task, task]));
  const counted = countedRows(watched);
  const pane = useRef<HTMLDivElement>(null);
  const paneWidth = useWidth(pane);
  useEffect(() => {
    if (selected !== '')
      pane.current
        ?.querySelector('[aria-pressed="true"]')
        ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [selected, places, paneWidth]);
  if (graph.nodes.length === 0)
    return (
      <EmptyState icon={Network} title={runWords('noTables')}>
        {runWords('noTablesHelp')}
      </EmptyState>
    );
  const at = (id: string): { readonly x: number; readonly y: number } => {
    const [column, row] = places.get(id) ?? [0, 0];
    return { x: MARGIN + column * CELL.width, y: MARGIN + row * CELL.height };
  };
  const all = graph.nodes.map(({ id }) => at(id));
  const width = Math.max(...all.map(({ x }) => x)) + CARD.width + MARGIN;
  const height = Math.max(...all.map(({ y }) => y)) + CARD.height + MARGIN;
  const scale = Math.max(LEAST_SCALE, Math.min(1, paneWidth / width));
  return (
    <div
      ref={pane}
      className="min-h-0 flex-1 overflow-auto"
      tabIndex={0}
      role="region"
      aria-label={runWords('graph')}
    >
      <div className="relative" style={{ width, height, zoom: scale }}>
        <svg aria-hidden width={width} height={height} className="text-line-strong absolute inset-0">
          {graph.edges.map(({ from, to }) => {
            const start = at(from);
            const end = at(to);
            const x1 = start.x + CARD.width;
            const y1 = start.y + CARD.height / 2;
            const y2 = end.y + CARD.height / 2;
            const bend = Math.max(24, (end.x - x1) / 2);
            return (
              <path
                key={`${from} ${to}`}
                d={`M${x1} ${y1} C${x1 + bend} ${y1} ${end.x - bend} ${y2} ${end.x} ${y2}`}
                fill="none"
                stroke="currentColor"
                strokeWidth={1.5}
              />
            );
          })}
        </svg>
        <ul>
          {graph.nodes.map((node) => {
            const { x, y } = at(node.id);
            return (
              <li key={node.id} className="absolute" style={{ left: x, top: y, ...CARD }}>
                <Card
                  node={node}
                  tasks={tasks}
                  counted={counted.get(node.id.replace(/^relation:/u, '')) ?? 0}
                  isOver={run.finishedAt !== null}
                  isSelected={node.id === selected}
                  onSelect={() => onSelect(node.id === selected ? '' : node.id)}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

/** The width of an element as it is now; unbounded until it is there. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

function Card({
  node,
  tasks,
  counted,
  isOver,
  isSelected,
  onSelect,
}: {
  readonly node: RunGraphNode;
  readonly tasks: ReadonlyMap<string, WatchedTask>;
  /** Its rows where no table keeps them; 0 while nobody counted them. */
  readonly counted: number;
  /** What did not begin by then was not asked for. */
  readonly isOver: boolean;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}): ReactNode {
  const { state, rows, estimatedRows } = nodeState(node, tasks);
  const isLeft = state === 'waiting' && isOver;
  const shown = node.own === null ? counted : rows;
  const share = estimatedRows === null || estimatedRows === 0 ? null : Math.min(0.98, rows / estimatedRows);
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      onClick={onSelect}
      className={`bg-surface-1 relative flex h-full w-full flex-col justify-center overflow-hidden rounded-md border pr-2 pl-3 text-left ${
        isSelected ? 'border-accent outline-accent outline-1' : 'border-line-strong'
      }`}
      title={`${node.title}: ${node.detail}`}
    >
      <span aria-hidden className={`absolute inset-y-0 left-0 w-[3px] ${STAGES[node.kind]}`} />
      <span className="flex w-full items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{node.title}</span>
        <StatusBadge isPlain tone={isLeft ? 'off' : taskTone(state)}>
          {isLeft ? runWords('notInRun') : runWord(state)}
        </StatusBadge>
      </span>
      <span className="text-ink-2 flex w-full gap-2 text-sm">
        <span className="min-w-0 flex-1 truncate">{node.detail}</span>
        {shown > 0 ? (
          <span className="tabular-nums" title={formatNumber(shown)}>
            {formatCompact(shown)}
          </span>
        ) : null}
      </span>
      {state === 'running' ? <RunBar share={share} /> : null}
    </button>
  );
}
