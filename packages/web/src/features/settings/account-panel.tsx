import { LogOut, UserRound } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { signOut, useSession } from '../../api/session.ts';
import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { settingsWords } from '../../words/settings.ts';

export function AccountPanel(): ReactNode {
  const { data } = useSession();
  if (!data) return null;
  if (data.caller?.by !== 'session')
    return (
      <EmptyState icon={UserRound} title={settingsWords('notAUser')}>
        {settingsWords('notAUserHelp')}
      </EmptyState>
    );
  return (
    <div className="flex max-w-[440px] flex-col gap-6 p-4">
      <dl className="grid grid-cols-[120px_1fr] gap-y-2">
        <dt className="text-ink-3">{settingsWords('signedInAs')}</dt>
        <dd>{data.caller.name}</dd>
        <dt className="text-ink-3">{settingsWords('role')}</dt>
        <dd>{settingsWords(data.caller.role)}</dd>
        <dt className="text-ink-3">{settingsWords('mayDo')}</dt>
        <dd className="text-ink-2">{settingsWords(`${data.caller.role}Note`)}</dd>
      </dl>
      <PasswordForm />
      <div>
        <Button icon={LogOut} onClick={() => void signOut()}>
          {settingsWords('signOut')}
        </Button>
      </div>
    </div>
  );
}

function PasswordForm(): ReactNode {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const changing = useAct('identity/change-password', () => window.location.assign('/sign-in'));
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        changing.mutate({ currentPassword: current, newPassword: next });
      }}
    >
      <h2 className="text-lg font-semibold">{settingsWords('changePassword')}</h2>
      <TextField
        label={settingsWords('currentPassword')}
        isSecret
        isRequired
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label={settingsWords('newPassword')}
        help={settingsWords('newPasswordHelp')}
        isSecret
        isRequired
        value={next}
        onChange={setNext}
      />
      {changing.error === null ? null : (
        <ErrorPanel title={settingsWords('passwordFailed')} error={changing.error} />
      )}
      <div>
        <Button type="submit" isBusy={changing.isPending} isDisabled={current === '' || next.length < 12}>
          {settingsWords('change')}
        </Button>
      </div>
    </form>
  );
}
