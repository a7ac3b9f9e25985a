import type { OperationOutput } from '@millrace/control-plane';
import { diffText } from '@millrace/spec';
import type { ReactNode } from 'react';

import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { designerWords } from '../words/designer.ts';

export type Conflict = Extract<OperationOutput<'pipelines/save-pipeline'>, { outcome: 'conflict' }>;

/** Both changes of a file side by side, and the choice between them. */
export function ConflictDialog({
  conflict,
  mine,
  file,
  onMine,
  onTheirs,
  onClose,
}: {
  readonly conflict: Conflict;
  readonly mine: string;
  readonly file: string;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const parts =
    conflict.conflicts.length === 0 ? designerWords('conflictWhole') : conflict.conflicts.join(', ');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="wide"
      title={designerWords('conflictTitle')}
      description={designerWords('conflictHelp', { parts, file })}
      actions={
        <>
          <Button onClick={onTheirs}>{designerWords('takeTheirs')}</Button>
          <Button kind="danger" onClick={onMine}>
            {designerWords('keepMine')}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-3">
        <Change title={designerWords('theirs')} before={conflict.base} after={conflict.theirs.text} />
        <Change title={designerWords('mine')} before={conflict.base} after={mine} />
      </div>
    </Dialog>
  );
}

function Change({
  title,
  before,
  after,
}: {
  readonly title: string;
  readonly before: string | null;
  readonly after: string;
}): ReactNode {
  const diff = before === null ? after : diffText(before, after, '').split('\n').slice(2).join('\n');
  return (
    <section className="min-w-0">
      <h3 className="mb-1 font-medium">{title}</h3>
      <pre
        tabIndex={0}
        aria-label={title}
        className="bg-surface-2 max-h-80 overflow-auto rounded-md p-2 font-mono text-sm"
      >
        {diff}
      </pre>
    </section>
  );
}
