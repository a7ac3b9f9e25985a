import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';

import { formatCompact, formatNumber } from '../../ui/format-number.ts';

export interface FlowEdgeData extends Record<string, unknown> {
  readonly count: number | undefined;
  readonly output: string | undefined;
  /** On the way of what is selected. */
  readonly isLit: boolean;
  readonly isAside: boolean;
}

export type FlowEdgeType = Edge<FlowEdgeData, 'flow'>;

/** A connection with the rows that go over it. */
export const FlowEdge = memo(function FlowEdge(props: EdgeProps<FlowEdgeType>): ReactNode {
  const { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, data, selected, markerEnd } =
    props;
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    sourcePosition,
    targetX,
    targetY,
    targetPosition,
    borderRadius: 8,
  });
  const color = selected === true || data?.isLit === true ? 'var(--accent)' : 'var(--line-strong)';
  const words = [data?.output, data?.count === undefined ? undefined : formatCompact(data.count)]
    .filter((word) => word !== undefined)
    .join(' · ');
  return (
    <>
      <BaseEdge
        path={path}
        {...(markerEnd === undefined ? {} : { markerEnd })}
        interactionWidth={16}
        style={{
          stroke: color,
          strokeWidth: selected === true ? 2.5 : 1.5,
          opacity: data?.isAside === true ? 0.5 : 1,
        }}
      />
      {words === '' ? null : (
        <EdgeLabelRenderer>
          <span
            title={data?.count === undefined ? words : formatNumber(data.count)}
            className="bg-surface-0 text-ink-2 pointer-events-none absolute rounded-sm px-1 font-mono text-xs tabular-nums"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {words}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
