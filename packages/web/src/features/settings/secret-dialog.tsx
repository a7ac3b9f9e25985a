import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { notify } from '../../ui/toast.tsx';
import { settingsWords } from '../../words/settings.ts';
import { uiWords } from '../../words/ui.ts';

/** Sets the value of a secret; without a name, of a new one. */
export function SecretDialog({
  name: given,
  onClose,
}: {
  readonly name: string;
  readonly onClose: () => void;
}): ReactNode {
  const [name, setName] = useState(given);
  const [value, setValue] = useState('');
  const save = useAct('secrets/set-secret', (saved) => {
    notify({ title: settingsWords('secretSaved', { name: saved.name }) });
    onClose();
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={settingsWords(given === '' ? 'setSecret' : 'replaceSecret')}
      description={uiWords('secretHelp')}
      actions={
        <>
          <Button onClick={onClose}>{uiWords('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="set-secret"
            isBusy={save.isPending}
            isDisabled={name === '' || value === ''}
          >
            {settingsWords('save')}
          </Button>
        </>
      }
    >
      <form
        id="set-secret"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name, value });
        }}
      >
        <TextField
          label={settingsWords('secretName')}
          help={settingsWords('secretNameHelp')}
          isRequired
          isMono
          isFocusedFirst={given === ''}
          isDisabled={given !== ''}
          value={name}
          onChange={setName}
        />
        <TextField
          label={settingsWords('secretValue')}
          isRequired
          isSecret
          isFocusedFirst={given !== ''}
          value={value}
          onChange={setValue}
        />
        {save.error === null ? null : <ErrorPanel title={settingsWords('secretFailed')} error={save.error} />}
      </form>
    </Dialog>
  );
}
