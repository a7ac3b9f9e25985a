import type { OperationInput } from '@millrace/control-plane';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmByNameDialog } from '../../ui/confirm-by-name-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { qualityWords } from '../../words/quality.ts';

export type Decision = 'release' | 'discard';

export interface DecideDialogProps {
  /** Null: closed. */
  readonly decision: Decision | null;
  readonly onClose: () => void;
  readonly onDecided: () => void;
  readonly step: string;
  readonly selection: OperationInput<'quarantine/release-rows'>;
}

/** Asks for the reason of a release, and for the step's name before rows are dropped. */
export function DecideDialog({
  decision,
  onClose,
  onDecided,
  step,
  selection,
}: DecideDialogProps): ReactNode {
  const [note, setNote] = useState('');
  const done = (rows: number, kind: 'released' | 'discarded'): void => {
    notify({ title: qualityWords(kind, { count: rows }) });
    setNote('');
    onClose();
    onDecided();
  };
  const release = useAct('quarantine/release-rows', ({ rows }) => done(rows, 'released'));
  const discard = useAct('quarantine/discard-rows', ({ rows }) => done(rows, 'discarded'));
  const input = { ...selection, ...(note.trim() === '' ? {} : { note: note.trim() }) };
  const onError = notifyFailure(qualityWords('notDecided'));
  if (decision === 'discard')
    return (
      <ConfirmByNameDialog
        isOpen
        onClose={onClose}
        title={qualityWords('discardTitle', { step })}
        description={qualityWords('discardHelp')}
        name={step}
        action={qualityWords('discard')}
        isBusy={discard.isPending}
        onConfirm={() => discard.mutate(input, { onError })}
      />
    );
  return (
    <Dialog
      isOpen={decision === 'release'}
      onClose={onClose}
      title={qualityWords('releaseTitle', { step })}
      description={qualityWords('releaseHelp')}
      actions={
        <>
          <Button onClick={onClose}>{qualityWords('cancel')}</Button>
          <Button
            kind="primary"
            isBusy={release.isPending}
            onClick={() => release.mutate(input, { onError })}
          >
            {qualityWords('release')}
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
