import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { signIn, useSession } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { identityWords } from '../../words/identity.ts';
import { LonePage } from './lone-page.tsx';
import { nextAddress } from './next-address.ts';

export function SignInPage(): ReactNode {
  const { data } = useSession();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => signIn(email, password),
    // A whole new page: nothing that was asked for another person stays in it.
    onSuccess: () => window.location.assign(nextAddress(window.location.search)),
    onError: () => setPassword(''),
  });
  if (data?.isAuthOff)
    return (
      <LonePage title={identityWords('signInTo')} help={identityWords('authOff')}>
        <ButtonLink kind="primary" href="/">
          {identityWords('toPortal')}
        </ButtonLink>
      </LonePage>
    );
  if (data?.needsSetup)
    return (
      <LonePage title={identityWords('needsSetup')} help={identityWords('needsSetupHelp')}>
        <Button onClick={() => window.location.reload()}>{identityWords('lookAgain')}</Button>
      </LonePage>
    );
  return (
    <LonePage title={identityWords('signInTo')}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          entering.mutate();
        }}
      >
        <TextField
          label={identityWords('email')}
          name="email"
          autoComplete="username"
          isRequired
          isFocusedFirst
          value={email}
          onChange={setEmail}
        />
        <TextField
          label={identityWords('password')}
          name="password"
          autoComplete="current-password"
          isSecret
          isRequired
          value={password}
          onChange={setPassword}
        />
        {entering.error === null ? null : (
          <ErrorPanel title={identityWords('signInFailed')} error={entering.error} />
        )}
        <div>
          <Button
            type="submit"
            kind="primary"
            isBusy={entering.isPending || entering.isSuccess}
            isDisabled={email === '' || password === ''}
          >
            {identityWords('signIn')}
          </Button>
        </div>
        <p className="text-ink-3 text-sm">{identityWords('forgotten')}</p>
      </form>
    </LonePage>
  );
}
