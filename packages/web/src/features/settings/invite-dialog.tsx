import type { Role } from '@millrace/control-plane';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatExact } from '../../ui/format-time.ts';
import { SelectField } from '../../ui/select-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { settingsWords } from '../../words/settings.ts';
import { uiWords } from '../../words/ui.ts';
import { OneTimeText } from './one-time-text.tsx';
import { roleOptions } from './role-options.ts';

/** What lets a user set a password. */
export interface UserLink {
  readonly email: string;
  readonly token: string;
  readonly expiresAt: string;
}

export function InviteDialog({
  onClose,
  onInvited,
}: {
  readonly onClose: () => void;
  readonly onInvited: (link: UserLink) => void;
}): ReactNode {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const invite = useAct('identity/invite-user', ({ token, expiresAt }) =>
    onInvited({ email: email.trim(), token, expiresAt }),
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={settingsWords('inviteUser')}
      description={settingsWords('inviteHelp')}
      actions={
        <>
          <Button onClick={onClose}>{uiWords('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="invite-user"
            isBusy={invite.isPending}
            isDisabled={email.trim() === ''}
          >
            {settingsWords('invite')}
          </Button>
        </>
      }
    >
      <form
        id="invite-user"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate({
            email: email.trim(),
            role,
            ...(name.trim() === '' ? {} : { name: name.trim() }),
          });
        }}
      >
        <TextField
          label={settingsWords('email')}
          isRequired
          isFocusedFirst
          value={email}
          onChange={setEmail}
        />
        <TextField label={settingsWords('name')} value={name} onChange={setName} />
        <SelectField
          label={settingsWords('role')}
          isRequired
          value={role}
          options={roleOptions()}
          onChange={setRole}
        />
        {invite.error === null ? null : (
          <ErrorPanel title={settingsWords('inviteFailed')} error={invite.error} />
        )}
      </form>
    </Dialog>
  );
}

export function LinkDialog({
  link: { email, token, expiresAt },
  onClose,
}: {
  readonly link: UserLink;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={settingsWords('linkTitle', { email })}
      description={settingsWords('linkHelp', { email, until: formatExact(new Date(expiresAt)) })}
      actions={
        <Button kind="primary" onClick={onClose}>
          {settingsWords('close')}
        </Button>
      }
    >
      <OneTimeText
        label={settingsWords('linkTitle', { email })}
        text={`${window.location.origin}/setup#${token}`}
      />
    </Dialog>
  );
}
