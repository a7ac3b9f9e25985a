import '@xyflow/react/dist/base.css';

import { Background, Controls, Handle, Position, ReactFlow } from '@xyflow/react';
import type { Edge, Node, NodeProps, NodeTypes } from '@xyflow/react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { datasetWords } from '../../words/datasets.ts';
import { addressOf } from './dataset-ref.ts';
import type { DatasetRef } from './dataset-ref.ts';
import {
  COLUMN_HEIGHT,
  columnKey,
  followColumn,
  HEAD_HEIGHT,
  layOutLineage,
  NODE_WIDTH,
} from './lineage-layout.ts';
import type { PlacedNode } from './lineage-layout.ts';

interface LineageData extends Record<string, unknown> {
  readonly placed: PlacedNode;
  readonly followed: ReadonlySet<string> | null;
  readonly onColumn: (column: string) => void;
}

type LineageNode = Node<LineageData, 'relation'>;

const NODE_TYPES: NodeTypes = { relation: RelationNode };

/** What a dataset is made of and what is made of it, column by column. */
export function DatasetLineage({ dataset }: { readonly dataset: DatasetRef }): ReactNode {
  const [up, setUp] = useUrlState('up', '3');
  const [down, setDown] = useUrlState('down', '3');
  const [chosen, choose] = useState<{ readonly node: string; readonly column: string } | null>(null);
  const { data, error, refetch } = useOperation(
    'datasets/trace-dataset',
    { ...dataset, upstream: depthOf(up), downstream: depthOf(down) },
    { keepsPrevious: true },
  );
  const placed = useMemo(() => (data === undefined ? [] : layOutLineage(data)), [data]);
  const followed = useMemo(
    () => (data === undefined || chosen === null ? null : followColumn(data, chosen)),
    [data, chosen],
  );
  const nodes = useMemo(
    () =>
      placed.map((node): LineageNode => ({
        id: node.id,
        type: 'relation',
        position: { x: node.x, y: node.y },
        data: {
          placed: node,
          followed,
          onColumn: (column) =>
            choose((known) =>
              known?.node === node.id && known.column === column ? null : { node: node.id, column },
            ),
        },
        draggable: false,
        connectable: false,
      })),
    [placed, followed],
  );
  const edges = useMemo(
    () =>
      (data?.links ?? []).flatMap(({ from, to, how }, index): readonly Edge[] => {
        if (to.column === null) return [];
        const isFollowed =
          followed !== null &&
          followed.has(columnKey(from.node, from.column)) &&
          followed.has(columnKey(to.node, to.column));
        return [
          {
            id: String(index),
            source: from.node,
            sourceHandle: from.column,
            target: to.node,
            targetHandle: to.column,
            ariaLabel: `${from.column} ${how} ${to.column}`,
            focusable: false,
            style: {
              stroke: isFollowed ? 'var(--accent)' : 'var(--line-strong)',
              strokeWidth: isFollowed ? 2 : 1,
              opacity: followed === null || isFollowed ? 1 : 0.25,
            },
          },
        ];
      }),
    [data, followed],
  );
  if (data === undefined)
    return error === null ? (
      <SkeletonRows />
    ) : (
      <div className="p-4">
        <ErrorPanel title={datasetWords('lineageFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-end gap-3 px-4 py-2">
        <div className="w-32">
          <NumberField
            isRequired
            label={datasetWords('upstream')}
            value={depthOf(up)}
            min={0}
            max={50}
            onChange={(depth) => setUp(String(depth ?? 3))}
          />
        </div>
        <div className="w-32">
          <NumberField
            isRequired
            label={datasetWords('downstream')}
            value={depthOf(down)}
            min={0}
            max={50}
            onChange={(depth) => setDown(String(depth ?? 3))}
          />
        </div>
        <p className="text-ink-3 pb-1">{datasetWords('pickColumn')}</p>
      </div>
      <div className="min-h-0 flex-1" role="group" aria-label={datasetWords('graph', { name: dataset.name })}>
        <ReactFlow
          // Another depth is another picture.
          key={`${up}-${down}`}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
          minZoom={0.1}
          nodesFocusable={false}
          onlyRenderVisibleElements
          proOptions={{ hideAttribution: true }}
        >
          <Background gap={16} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
    </div>
  );
}

function RelationNode({ data: { placed, followed, onColumn } }: NodeProps<LineageNode>): ReactNode {
  const title = <span className="truncate font-mono">{placed.name}</span>;
  return (
    <div
      className={classNames(
        'bg-surface-1 border-line-strong rounded-md border text-sm',
        placed.distance === 0 && 'border-accent shadow-[0_0_0_1px_var(--accent)]',
      )}
      style={{ width: NODE_WIDTH, height: placed.height }}
    >
      <div className="flex min-w-0 flex-col justify-center px-2" style={{ height: HEAD_HEIGHT }}>
        {placed.connection === null || placed.distance === 0 ? (
          title
        ) : (
          <AppLink
            href={addressOf({ connection: placed.connection, name: placed.name })}
            className="nodrag flex min-w-0 hover:underline"
          >
            {title}
          </AppLink>
        )}
        <span className="text-ink-3 truncate text-xs leading-3">{placed.connection ?? placed.pipeline}</span>
      </div>
      {placed.columns.map((column) => (
        <div key={column} className="relative" style={{ height: COLUMN_HEIGHT }}>
          <Handle type="target" id={column} position={Position.Left} className="!opacity-0" />
          <button
            type="button"
            aria-pressed={followed?.has(columnKey(placed.id, column)) ?? false}
            onClick={() => onColumn(column)}
            className={classNames(
              'nodrag hover:bg-surface-2 block w-full truncate px-2 text-left font-mono text-xs leading-6',
              followed?.has(columnKey(placed.id, column)) === true
                ? 'bg-accent-soft text-ink-1'
                : 'text-ink-2',
            )}
          >
            {column}
          </button>
          <Handle type="source" id={column} position={Position.Right} className="!opacity-0" />
        </div>
      ))}
    </div>
  );
}

function depthOf(text: string): number {
  const depth = Number(text);
  return Number.isInteger(depth) && depth >= 0 && depth <= 50 ? depth : 3;
}
