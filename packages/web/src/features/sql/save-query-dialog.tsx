import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { sqlWords } from '../../words/sql.ts';

export interface SaveQueryDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly sql: string;
}

/** A name for a statement, under which everyone finds it. */
export function SaveQueryDialog({ isOpen, ...props }: SaveQueryDialogProps): ReactNode {
  return isOpen ? <SaveQuery {...props} /> : null;
}

function SaveQuery({ onClose, sql }: Omit<SaveQueryDialogProps, 'isOpen'>): ReactNode {
  const [name, setName] = useState('');
  const save = useAct('warehouse/save-query', () => {
    notify({ title: sqlWords('savedNow', { name }) });
    onClose();
  });
  const send = (): void =>
    save.mutate(
      { name, sql },
      {
        onError: notifyFailure(sqlWords('notSaved')),
      },
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={sqlWords('saveTitle')}
      actions={
        <>
          <Button onClick={onClose}>{sqlWords('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="save-query"
            isDisabled={name.trim() === ''}
            isBusy={save.isPending}
          >
            {sqlWords('save')}
          </Button>
        </>
      }
    >
      <form
        id="save-query"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField
          label={sqlWords('name')}
          help={sqlWords('saveHelp')}
          value={name}
          onChange={setName}
          isFocusedFirst
        />
      </form>
    </Dialog>
  );
}
