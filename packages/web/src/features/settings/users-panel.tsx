import type { OperationOutput } from '@millrace/control-plane';
import { Ellipsis, UserPlus, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useAct, useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Menu } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { settingsWords } from '../../words/settings.ts';
import { InviteDialog, LinkDialog } from './invite-dialog.tsx';
import type { UserLink } from './invite-dialog.tsx';
import { roleOptions } from './role-options.ts';

type User = OperationOutput<'identity/list-users'>['users'][number];

export function UsersPanel(): ReactNode {
  const { data, error, isPending, refetch } = useOperation('identity/list-users', {});
  const [text, setText] = useUrlState('find');
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<UserLink>();
  const columns = useMemo(() => userColumns(setLink), []);
  const rows = useMemo(
    () =>
      (data?.users ?? []).filter(({ email, name }) =>
        `${email} ${name}`.toLowerCase().includes(text.toLowerCase()),
      ),
    [data, text],
  );
  const invite = (
    <Button kind="primary" icon={UserPlus} onClick={() => setInviting(true)}>
      {settingsWords('inviteUser')}
    </Button>
  );
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel title={settingsWords('usersFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <>
      <DataTable
        label={settingsWords('users')}
        rows={rows}
        columns={columns}
        rowId={({ userId }) => userId}
        initialSort="user"
        urlPrefix="users-"
        isLoading={isPending}
        rowHeight={40}
        toolbar={
          <>
            <SearchField label={settingsWords('findUser')} value={text} onChange={setText} />
            {invite}
          </>
        }
        empty={
          <EmptyState icon={Users} title={settingsWords('noUsers')} action={invite}>
            {settingsWords('noUsersHelp')}
          </EmptyState>
        }
      />
      {isInviting ? (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={(invited) => {
            setInviting(false);
            setLink(invited);
          }}
        />
      ) : null}
      {link === undefined ? null : <LinkDialog link={link} onClose={() => setLink(undefined)} />}
    </>
  );
}

function userColumns(onLink: (link: UserLink) => void): readonly DataColumn<User>[] {
  return [
    { id: 'user', header: settingsWords('email'), value: ({ email }) => email, width: 220, grow: 2 },
    { id: 'name', header: settingsWords('name'), value: ({ name }) => name, width: 150, grow: 1 },
    {
      id: 'role',
      header: settingsWords('role'),
      value: ({ role }) => role,
      cell: (user) => <RoleCell user={user} />,
      width: 150,
    },
    {
      id: 'state',
      header: settingsWords('state'),
      value: (user) => stateOf(user).word,
      cell: (user) => {
        const { tone, word } = stateOf(user);
        return (
          <StatusBadge tone={tone} isPlain>
            {settingsWords(word)}
          </StatusBadge>
        );
      },
      width: 110,
    },
    {
      id: 'since',
      header: settingsWords('since'),
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      width: 120,
    },
    {
      id: 'actions',
      header: settingsWords('actions'),
      value: () => null,
      cell: (user) => <ActionsCell user={user} onLink={onLink} />,
      width: 72,
      isUnsortable: true,
    },
  ];
}

function stateOf({ isDisabled, hasPassword }: User): {
  readonly tone: 'ok' | 'waiting' | 'off';
  readonly word: 'active' | 'invited' | 'disabled';
} {
  if (isDisabled) return { tone: 'off', word: 'disabled' };
  return hasPassword ? { tone: 'ok', word: 'active' } : { tone: 'waiting', word: 'invited' };
}

function RoleCell({ user }: { readonly user: User }): ReactNode {
  const change = useAct('identity/change-role', ({ email, role }) =>
    notify({ title: settingsWords('roleDone', { email, role: settingsWords(role) }) }),
  );
  return (
    <SelectField
      label={settingsWords('roleOf', { email: user.email })}
      isLabelHidden
      isRequired
      isDisabled={change.isPending}
      value={user.role}
      options={roleOptions()}
      onChange={(role) => {
        if (role !== user.role)
          change.mutate(
            { userId: user.userId, role },
            { onError: notifyFailure(settingsWords('changeFailed')) },
          );
      }}
    />
  );
}

function ActionsCell({
  user,
  onLink,
}: {
  readonly user: User;
  readonly onLink: (link: UserLink) => void;
}): ReactNode {
  const { userId, email, isDisabled } = user;
  const reset = useAct('identity/reset-password', ({ token, expiresAt }) =>
    onLink({ email, token, expiresAt }),
  );
  const disable = useAct('identity/set-disabled', (changed) =>
    notify({ title: settingsWords(changed.isDisabled ? 'disabledDone' : 'enabledDone', { email }) }),
  );
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={settingsWords('moreActions', { name: email })}
          className="text-ink-2 hover:bg-surface-3 inline-flex size-7 items-center justify-center rounded-md"
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      }
      entries={[
        {
          label: settingsWords('newLink'),
          onSelect: () => reset.mutate({ userId }, { onError: notifyFailure(settingsWords('changeFailed')) }),
        },
        {
          label: settingsWords(isDisabled ? 'enable' : 'disable'),
          isDangerous: !isDisabled,
          onSelect: () =>
            disable.mutate(
              { userId, isDisabled: !isDisabled },
              { onError: notifyFailure(settingsWords('changeFailed')) },
            ),
        },
      ]}
    />
  );
}
