import type { RunGraphNode } from '@millrace/control-plane';
import { RotateCw, X } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { runWords } from '../../words/runs.ts';

/** What can be done from a part of the graph. */
export function RunNodeBar({
  node,
  rerun,
  isBusy,
  onClose,
}: {
  readonly node: RunGraphNode;
  /** Undefined for who may not, and while the run lasts. */
  readonly rerun: (() => void) | undefined;
  readonly isBusy: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <div className="border-line flex min-h-10 shrink-0 items-center gap-2 border-t px-4 py-1.5">
      <span className="min-w-0 flex-1 truncate">
        <span className="font-medium">{node.title}</span> <span className="text-ink-2">{node.detail}</span>
      </span>
      {rerun === undefined ? null : (
        <Button size="small" icon={RotateCw} isBusy={isBusy} onClick={rerun}>
          {runWords('fromHere')}
        </Button>
      )}
      <IconButton icon={X} label={runWords('deselect')} onClick={onClose} />
    </div>
  );
}
