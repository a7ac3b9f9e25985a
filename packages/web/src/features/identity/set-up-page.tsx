import { useMutation, useQuery } from '@tanstack/react-query';
import type { Invited } from '@millrace/control-plane';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { acceptInvitation, lookAtInvitation } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { identityWords } from '../../words/identity.ts';
import { LonePage } from './lone-page.tsx';

const MIN_PASSWORD = 12;

/** The page behind a one-time link: its token stands behind the `#`, which no server and no log sees. */
export function SetUpPage(): ReactNode {
  const [token] = useState(() => window.location.hash.slice(1));
  const looked = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => lookAtInvitation(token, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (looked.error)
    return (
      <LonePage title={identityWords('linkDead')} help={identityWords('linkDeadHelp')}>
        <ButtonLink href="/sign-in">{identityWords('toSignIn')}</ButtonLink>
      </LonePage>
    );
  if (!looked.data) return <LonePage title={identityWords('looking')}>{null}</LonePage>;
  return <PasswordForm token={token} invited={looked.data} />;
}

function PasswordForm({ token, invited }: { readonly token: string; readonly invited: Invited }): ReactNode {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const isFirst = invited.kind === 'administrator';
  const accepting = useMutation({
    mutationFn: () =>
      acceptInvitation({
        token,
        password,
        ...(isFirst ? { email: email.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }) } : {}),
      }),
    onSuccess: () => window.location.assign('/'),
  });
  const isEmailRight = !isFirst || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim());
  const isReady = isEmailRight && password.length >= MIN_PASSWORD && password === again;
  return (
    <LonePage
      title={identityWords(isFirst ? 'setUp' : 'welcome')}
      help={
        invited.kind === 'administrator'
          ? identityWords('setUpHelp')
          : identityWords('welcomeHelp', { email: invited.email, role: invited.role })
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) accepting.mutate();
        }}
      >
        {isFirst ? (
          <>
            <TextField
              label={identityWords('email')}
              name="email"
              autoComplete="username"
              isRequired
              isFocusedFirst
              value={email}
              onChange={setEmail}
              error={email.includes('@') && !isEmailRight ? identityWords('emailWrong') : undefined}
            />
            <TextField
              label={identityWords('name')}
              name="name"
              autoComplete="name"
              value={name}
              onChange={setName}
            />
          </>
        ) : null}
        <TextField
          label={identityWords('password')}
          name="password"
          isSecret
          isRequired
          isFocusedFirst={!isFirst}
          value={password}
          onChange={setPassword}
          help={identityWords('passwordHelp')}
          error={
            password !== '' && password.length < MIN_PASSWORD
              ? identityWords('passwordShort', { count: password.length })
              : undefined
          }
        />
        <TextField
          label={identityWords('passwordAgain')}
          name="password-again"
          isSecret
          isRequired
          value={again}
          onChange={setAgain}
          error={again !== '' && again !== password ? identityWords('passwordsDiffer') : undefined}
        />
        {accepting.error === null ? null : (
          <ErrorPanel title={identityWords('setUpFailed')} error={accepting.error} />
        )}
        <div>
          <Button
            type="submit"
            kind="primary"
            isDisabled={!isReady}
            isBusy={accepting.isPending || accepting.isSuccess}
          >
            {identityWords(isFirst ? 'makeAdministrator' : 'setPassword')}
          </Button>
        </div>
      </form>
    </LonePage>
  );
}
