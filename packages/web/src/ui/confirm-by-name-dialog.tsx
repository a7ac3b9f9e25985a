import { useState } from 'react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './text-field.tsx';

export interface ConfirmByNameDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What is lost, and what stays. */
  readonly description: ReactNode;
  /** What has to be typed. */
  readonly name: string;
  /** The verb on the button: `Remove connection`. */
  readonly action: string;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
}

/** For what cannot be undone: the name has to be typed. */
export function ConfirmByNameDialog({ isOpen, ...props }: ConfirmByNameDialogProps): ReactNode {
  return isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({
  onClose,
  title,
  description,
  name,
  action,
  isBusy = false,
  onConfirm,
}: Omit<ConfirmByNameDialogProps, 'isOpen'>): ReactNode {
  const [typed, setTyped] = useState('');
  const isSame = typed.trim() === name;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={description}
      actions={
        <>
          <Button onClick={onClose}>{uiWords('cancel')}</Button>
          <Button kind="danger" type="submit" form="confirm-by-name" isDisabled={!isSame} isBusy={isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id="confirm-by-name"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSame) onConfirm();
        }}
      >
        <TextField
          label={uiWords('typeToConfirm', { name })}
          isRequired
          isMono
          isFocusedFirst
          value={typed}
          onChange={setTyped}
        />
      </form>
    </Dialog>
  );
}
