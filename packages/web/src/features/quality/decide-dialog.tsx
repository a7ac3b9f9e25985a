import type { OperationInput } from '@millrace/control-plane';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { qualityWords } from '../../words/quality.ts';
import { useRestore } from './use-restore.ts';

export type Decision = 'release' | 'discard';

export interface DecideDialogProps {
  /** Null: closed. */
  readonly decision: Decision | null;
  readonly onClose: () => void;
  readonly onDecided: () => void;
  readonly step: string;
  readonly selection: OperationInput<'quarantine/release-rows'>;
}

/** Asks for the reason of a decision. Discarded rows can be taken back at once, and later among the decisions. */
export function DecideDialog({
  decision,
  onClose,
  onDecided,
  step,
  selection,
}: DecideDialogProps): ReactNode {
  const [note, setNote] = useState('');
  const restore = useRestore();
  const { pipeline } = selection;
  const decided = (): void => {
    setNote('');
    onClose();
    onDecided();
  };
  const release = useAct('quarantine/release-rows', ({ rows }) => {
    notify({ title: qualityWords('released', { count: rows }) });
    decided();
  });
  const discard = useAct('quarantine/discard-rows', ({ rows, at }) => {
    notify({
      title: qualityWords('discarded', { count: rows }),
      undo: () => restore.start({ pipeline, at }),
    });
    decided();
  });
  const input = { ...selection, ...(note.trim() === '' ? {} : { note: note.trim() }) };
  const act = decision === 'discard' ? discard : release;
  return (
    <Dialog
      isOpen={decision !== null}
      onClose={onClose}
      title={qualityWords(decision === 'discard' ? 'discardTitle' : 'releaseTitle', { step })}
      description={qualityWords(decision === 'discard' ? 'discardHelp' : 'releaseHelp')}
      actions={
        <>
          <Button onClick={onClose}>{qualityWords('cancel')}</Button>
          <Button
            kind="primary"
            isBusy={act.isPending}
            onClick={() => act.mutate(input, { onError: notifyFailure(qualityWords('notDecided')) })}
          >
            {qualityWords(decision === 'discard' ? 'discard' : 'release')}
          </Button>
        </>
      }
    >
      <TextField
        label={qualityWords('note')}
        help={qualityWords('noteHelp')}
        value={note}
        onChange={setNote}
        isFocusedFirst
      />
    </Dialog>
  );
}
