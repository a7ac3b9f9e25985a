import type { Node, NodeProps } from '@xyflow/react';
import { Layers, Repeat2 } from 'lucide-react';
import { memo, type ReactNode } from 'react';

import { RunBar } from '../../features/runs/run-bar.tsx';
import type { StepRun } from '../../features/runs/step-runs.ts';
import { designerWords } from '../../words/designer.ts';
import { CARD } from '../model/grid.ts';
import type { Stage } from '../model/verb-entries.ts';
import { CardPorts, type PortData } from './card-ports.tsx';
import { ChangedMark } from './changed-mark.tsx';
import { ProblemMark } from './problem-mark.tsx';
import { RunLine } from './run-line.tsx';
import { verbIcon } from './verb-icon.ts';

export interface StepNodeData extends Record<string, unknown> {
  readonly name: string;
  readonly verb: string | undefined;
  readonly stage: Stage;
  readonly meaning: string;
  readonly inputs: readonly PortData[];
  readonly outputs: readonly PortData[];
  readonly errors: number;
  readonly warnings: number;
  readonly isConfigured: boolean;
  readonly isChanged: boolean;
  /** Neither selected nor related to what is selected. */
  readonly isAside: boolean;
  /** How it follows changes; undefined where that is not known. */
  readonly follows: string | undefined;
  readonly isIncremental: boolean;
  /** Where it stands in the last run; undefined when that says nothing of it as it is. */
  readonly run: StepRun | undefined;
  readonly isReadOnly: boolean;
  readonly onProblems: (name: string) => void;
  readonly onRename: (name: string) => void;
}

export type StepNodeType = Node<StepNodeData, 'step'>;

const EDGES: Readonly<Record<Stage, string>> = {
  source: 'bg-stage-source',
  transform: 'bg-stage-transform',
  check: 'bg-stage-check',
  destination: 'bg-stage-destination',
};
const INKS: Readonly<Record<Stage, string>> = {
  source: 'text-stage-source',
  transform: 'text-stage-transform',
  check: 'text-stage-check',
  destination: 'text-stage-destination',
};

/** A card of 208 × 56: stage edge, icon, name, one line of meaning, and how it ran. */
export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepNodeType>): ReactNode {
  const Icon = verbIcon(data.verb);
  const border = data.isConfigured ? 'border-line-strong' : 'border-dashed border-ink-3';
  return (
    <div
      id={stepElementId(data.name)}
      data-step={data.name}
      style={{ width: CARD.width, height: CARD.height }}
      onDoubleClick={() => data.onRename(data.name)}
      className={`bg-surface-1 relative flex items-center gap-2 rounded-md border pr-2 pl-3 ${border} ${
        selected ? 'outline-accent outline-2 outline-offset-1' : ''
      } ${data.isAside ? 'opacity-55' : ''}`}
    >
      <span aria-hidden className={`absolute inset-y-0 left-0 w-[3px] rounded-l-md ${EDGES[data.stage]}`} />
      <Icon size={16} aria-hidden className={`shrink-0 ${INKS[data.stage]}`} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex min-w-0 items-center gap-1">
          <span className="truncate font-medium" title={data.name}>
            {data.name}
          </span>
          {data.isChanged ? <ChangedMark /> : null}
        </span>
        <span
          className={`truncate text-sm ${data.meaning === '' ? 'text-ink-3 italic' : 'text-ink-2'}`}
          title={data.meaning}
        >
          {data.meaning === '' ? (data.verb ?? designerWords('unknownVerb')) : data.meaning}
        </span>
        {data.run === undefined ? null : <RunLine run={data.run} />}
      </span>
      <Marks {...data} />
      {data.run?.state === 'running' ? <RunBar share={data.run.share} /> : null}
      <CardPorts {...data} isConnectable={!data.isReadOnly} />
    </div>
  );
});

function Marks({ name, errors, warnings, follows, isIncremental, onProblems }: StepNodeData): ReactNode {
  const Glyph = isIncremental ? Repeat2 : Layers;
  return (
    <span className="flex shrink-0 flex-col items-end gap-0.5">
      <ProblemMark errors={errors} warnings={warnings} onShow={() => onProblems(name)} />
      {follows === undefined ? null : (
        <span title={follows} className="text-ink-3">
          <Glyph size={12} role="img" aria-label={follows} />
        </span>
      )}
    </span>
  );
}

export function stepElementId(name: string): string {
  return `step-${name}`;
}
