import type { Node, NodeProps } from '@xyflow/react';
import { Minimize2 } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { StepGroup } from '@millrace/spec';

import { designerWords } from '../../words/designer.ts';
import { CARD } from '../model/grid.ts';
import type { CardNodeType } from './canvas-elements.ts';
import type { GroupActs } from './use-group-acts.ts';

export interface GroupFrameData extends Record<string, unknown> {
  readonly group: StepGroup;
  readonly isSelected: boolean;
  readonly acts: GroupActs;
}

export type GroupFrameType = Node<GroupFrameData, 'frame'>;

const PADDING = 12;
const TITLE = 28;

/** Frames around the steps of groups that are open, below the cards; as the cards stand now. */
export function groupFrames(
  groups: readonly StepGroup[],
  cards: readonly CardNodeType[],
  acts: GroupActs,
): readonly GroupFrameType[] {
  if (groups.length === 0) return [];
  const byId = new Map(cards.map((card) => [card.id, card]));
  return groups.flatMap((group): readonly GroupFrameType[] => {
    const steps = group.steps.flatMap((step) => byId.get(step) ?? []);
    if (steps.length === 0) return [];
    const left = Math.min(...steps.map(({ position }) => position.x)) - PADDING;
    const top = Math.min(...steps.map(({ position }) => position.y)) - TITLE;
    const width = Math.max(...steps.map(({ position }) => position.x)) + CARD.width + PADDING - left;
    const height = Math.max(...steps.map(({ position }) => position.y)) + CARD.height + PADDING - top;
    return [
      {
        id: `frame:${group.name}`,
        type: 'frame',
        position: { x: left, y: top },
        width,
        height,
        handles: [],
        zIndex: -1,
        selectable: false,
        draggable: false,
        focusable: false,
        style: { pointerEvents: 'none' },
        data: { acts, group, isSelected: steps.every(({ selected }) => selected === true) },
      },
    ];
  });
}

/** A frame with the name of its group, which selects the steps in it. */
export const GroupFrame = memo(function GroupFrame({
  data,
  width,
  height,
}: NodeProps<GroupFrameType>): ReactNode {
  const { group, isSelected, acts } = data;
  return (
    <div
      data-frame={group.name}
      style={{ width: width ?? 0, height: height ?? 0 }}
      className={`bg-surface-2/60 rounded-md border ${isSelected ? 'border-accent' : 'border-line-strong border-dashed'}`}
    >
      <div className="flex h-6 items-center gap-1 pr-1 pl-2">
        <button
          type="button"
          tabIndex={-1}
          title={group.name}
          onClick={(event) => {
            event.stopPropagation();
            acts.select(group);
          }}
          onDoubleClick={() => acts.rename(group)}
          className="text-ink-2 hover:text-ink-1 pointer-events-auto min-w-0 truncate rounded-sm text-sm font-medium"
        >
          {group.name}
        </button>
        <span className="text-ink-3 flex-1 text-sm tabular-nums">{group.steps.length}</span>
        <button
          type="button"
          tabIndex={-1}
          title={designerWords('collapse')}
          aria-label={designerWords('collapseGroup', { group: group.name })}
          onClick={(event) => {
            event.stopPropagation();
            acts.collapse(group.name);
          }}
          className="text-ink-2 hover:text-ink-1 hover:bg-surface-3 pointer-events-auto rounded-sm p-0.5"
        >
          <Minimize2 size={14} aria-hidden />
        </button>
      </div>
    </div>
  );
});
