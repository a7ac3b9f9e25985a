import type { Role } from '@millrace/control-plane';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { settingsWords } from '../../words/settings.ts';
import { uiWords } from '../../words/ui.ts';
import { OneTimeText } from './one-time-text.tsx';
import { roleOptions } from './role-options.ts';

export interface MadeToken {
  readonly name: string;
  readonly token: string;
}

export function TokenDialog({
  highest,
  onClose,
  onMade,
}: {
  /** No token may more than its user. */
  readonly highest: Role;
  readonly onClose: () => void;
  readonly onMade: (made: MadeToken) => void;
}): ReactNode {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState<number | null>(90);
  const make = useAct('identity/create-token', ({ token }) => onMade({ name: name.trim(), token }));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={settingsWords('newToken')}
      description={settingsWords('noTokensHelp')}
      actions={
        <>
          <Button onClick={onClose}>{uiWords('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="new-token"
            isBusy={make.isPending}
            isDisabled={name.trim() === '' || days === null}
          >
            {settingsWords('makeToken')}
          </Button>
        </>
      }
    >
      <form
        id="new-token"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name: name.trim(), role, days });
        }}
      >
        <TextField
          label={settingsWords('tokenName')}
          help={settingsWords('tokenNameHelp')}
          isRequired
          isFocusedFirst
          value={name}
          onChange={setName}
        />
        <SelectField
          label={settingsWords('tokenRole')}
          isRequired
          value={role}
          options={roleOptions(highest)}
          onChange={setRole}
        />
        <NumberField
          label={settingsWords('tokenDays')}
          isRequired
          unit={settingsWords('days')}
          min={1}
          max={3650}
          value={days}
          onChange={setDays}
        />
        {make.error === null ? null : <ErrorPanel title={settingsWords('tokenFailed')} error={make.error} />}
      </form>
    </Dialog>
  );
}

export function MadeTokenDialog({
  made: { name, token },
  onClose,
}: {
  readonly made: MadeToken;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={settingsWords('tokenTitle', { name })}
      description={settingsWords('tokenOnce')}
      actions={
        <Button kind="primary" onClick={onClose}>
          {settingsWords('close')}
        </Button>
      }
    >
      <OneTimeText label={settingsWords('tokenTitle', { name })} text={token} />
    </Dialog>
  );
}
