import type { Node, NodeProps } from '@xyflow/react';
import { Boxes, Maximize2 } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { StepGroup } from '@millrace/spec';

import { designerWords } from '../../words/designer.ts';
import { CARD } from '../model/grid.ts';
import { CardPorts, type PortData } from './card-ports.tsx';
import { ChangedMark } from './changed-mark.tsx';
import type { GroupFacts } from './group-facts.ts';
import { ProblemMark } from './problem-mark.tsx';
import { RunLine } from './run-line.tsx';

export interface GroupNodeData extends Record<string, unknown>, GroupFacts {
  readonly group: StepGroup;
  readonly inputs: readonly PortData[];
  readonly outputs: readonly PortData[];
  readonly isChanged: boolean;
  /** Neither selected nor related to what is selected. */
  readonly isAside: boolean;
  readonly onProblems: (step: string) => void;
  readonly onExpand: (group: string) => void;
  readonly onRenameGroup: (group: StepGroup) => void;
}

export type GroupNodeType = Node<GroupNodeData, 'group'>;

/** The steps of a collapsed group as one card, which looks like a pile of them. */
export const GroupNode = memo(function GroupNode({ data, selected }: NodeProps<GroupNodeType>): ReactNode {
  const { group, run, isChanged, isAside, onProblems, onExpand, onRenameGroup } = data;
  return (
    <div
      id={groupElementId(group.name)}
      data-group={group.name}
      style={{ width: CARD.width, height: CARD.height }}
      onDoubleClick={() => onRenameGroup(group)}
      className={`bg-surface-1 border-line-strong relative flex items-center gap-2 rounded-md border pr-2 pl-3 shadow-[3px_3px_0_-1px_var(--surface-1),3px_3px_0_var(--line-strong)] ${
        selected ? 'outline-accent outline-2 outline-offset-1' : ''
      } ${isAside ? 'opacity-55' : ''}`}
    >
      <Boxes size={16} aria-hidden className="text-ink-2 shrink-0" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex min-w-0 items-center gap-1">
          <span className="truncate font-medium" title={group.name}>
            {group.name}
          </span>
          {isChanged ? <ChangedMark /> : null}
        </span>
        <span className="text-ink-2 truncate text-sm" title={group.steps.join(', ')}>
          {designerWords('stepCount', { count: group.steps.length })}
        </span>
        {run === undefined ? null : <RunLine run={run} />}
      </span>
      <span className="flex shrink-0 flex-col items-end gap-0.5">
        <ProblemMark {...data} onShow={() => onProblems(data.worst ?? '')} />
        <button
          type="button"
          tabIndex={-1}
          title={designerWords('expand')}
          aria-label={designerWords('expandGroup', { group: group.name })}
          onClick={(event) => {
            event.stopPropagation();
            onExpand(group.name);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
          className="nodrag text-ink-2 hover:text-ink-1 hover:bg-surface-2 rounded-sm p-0.5"
        >
          <Maximize2 size={14} aria-hidden />
        </button>
      </span>
      <CardPorts {...data} isConnectable={false} />
    </div>
  );
});

export function groupElementId(name: string): string {
  return `group-${name}`;
}
