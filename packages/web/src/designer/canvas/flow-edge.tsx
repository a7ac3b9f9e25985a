import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';

import { formatCompact, formatNumber } from '../../ui/format-number.ts';
import { designerWords } from '../../words/designer.ts';

export interface FlowEdgeData extends Record<string, unknown> {
  /** Rows; undefined where nothing is known of them. */
  readonly count: number | undefined;
  /** From a sample, not from the last run. */
  readonly isEstimate: boolean;
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
  const count = data?.count === undefined ? undefined : sayCount(data.count, data.isEstimate);
  const words = [data?.output, count?.text].filter((word) => word !== undefined).join(' · ');
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
            data-edge={props.id}
            title={count?.title ?? words}
            className="bg-surface-0 text-ink-2 pointer-events-auto absolute rounded-sm px-1 font-mono text-xs tabular-nums"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {words}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** Up to this, a number is written out. */
const WRITTEN_OUT = 1_000_000;

function sayCount(count: number, isEstimate: boolean): { readonly text: string; readonly title: string } {
  const exact = formatNumber(count);
  if (isEstimate)
    return { text: `≈ ${formatCompact(count)}`, title: designerWords('estimatedRows', { count: exact }) };
  return {
    text: count < WRITTEN_OUT ? exact : formatCompact(count),
    title: designerWords('countedRows', { count: exact }),
  };
}
