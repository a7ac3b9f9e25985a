import type { OperationOutput } from '@millrace/control-plane';
import { Ellipsis, LockKeyhole, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmByNameDialog } from '../../ui/confirm-by-name-dialog.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Menu } from '../../ui/menu.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { settingsWords } from '../../words/settings.ts';
import { SecretDialog } from './secret-dialog.tsx';

type Secret = OperationOutput<'secrets/list-secrets'>['secrets'][number];

/** Names, whether they are set, and where they are used; values come in and never out. */
export function SecretsPanel(): ReactNode {
  const { data, error, isPending, refetch } = useOperation('secrets/list-secrets', {});
  const mayWrite = useMay('secret.write');
  const [editing, setEditing] = useState<string>();
  const [removing, setRemoving] = useState<Secret>();
  const remove = useAct('secrets/remove-secret', ({ name }) => {
    notify({ title: settingsWords('secretRemoved', { name }) });
    setRemoving(undefined);
  });
  const columns = useMemo(() => secretColumns(mayWrite, setEditing, setRemoving), [mayWrite]);
  const add = mayWrite ? (
    <Button kind="primary" icon={Plus} onClick={() => setEditing('')}>
      {settingsWords('setSecret')}
    </Button>
  ) : null;
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel title={settingsWords('secretsFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  const uses = removing?.usedIn.length ?? 0;
  return (
    <>
      <DataTable
        label={settingsWords('secrets')}
        rows={data?.secrets ?? []}
        columns={columns}
        rowId={({ name }) => name}
        initialSort="secret"
        urlPrefix="secrets-"
        isLoading={isPending}
        toolbar={add}
        empty={
          <EmptyState icon={LockKeyhole} title={settingsWords('noSecrets')} action={add}>
            {settingsWords('noSecretsHelp')}
          </EmptyState>
        }
      />
      {editing === undefined ? null : <SecretDialog name={editing} onClose={() => setEditing(undefined)} />}
      <ConfirmByNameDialog
        isOpen={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={settingsWords('removeSecretTitle', { name: removing?.name ?? '' })}
        description={
          uses === 0
            ? settingsWords('removeSecretUnused')
            : settingsWords('removeSecretHelp', { count: uses })
        }
        name={removing?.name ?? ''}
        action={settingsWords('removeSecret')}
        isBusy={remove.isPending}
        onConfirm={() =>
          remove.mutate(
            { name: removing?.name ?? '' },
            {
              onError: notifyFailure(settingsWords('changeFailed')),
            },
          )
        }
      />
    </>
  );
}

function secretColumns(
  mayWrite: boolean,
  onEdit: (name: string) => void,
  onRemove: (secret: Secret) => void,
): readonly DataColumn<Secret>[] {
  return [
    {
      id: 'secret',
      header: settingsWords('secret'),
      value: ({ name }) => name,
      cell: ({ name }) => <span className="font-mono">{name}</span>,
      width: 220,
      grow: 1,
    },
    {
      id: 'isSet',
      header: settingsWords('isSet'),
      value: ({ isSet }) => isSet,
      cell: ({ isSet }) => (
        <StatusBadge tone={isSet ? 'ok' : 'warn'} isPlain>
          {settingsWords(isSet ? 'set' : 'missing')}
        </StatusBadge>
      ),
      width: 110,
    },
    {
      id: 'usedIn',
      header: settingsWords('usedIn'),
      value: ({ usedIn }) => usedIn.join(', '),
      cell: ({ usedIn }) =>
        usedIn.length === 0 ? (
          <span className="text-ink-3">{settingsWords('usedNowhere')}</span>
        ) : (
          <span className="font-mono">{usedIn.join(', ')}</span>
        ),
      width: 220,
      grow: 2,
    },
    ...(mayWrite
      ? [
          {
            id: 'actions',
            header: settingsWords('actions'),
            value: () => null,
            cell: (secret: Secret) => (
              <Menu
                trigger={
                  <button
                    type="button"
                    aria-label={settingsWords('moreActions', { name: secret.name })}
                    className="text-ink-2 hover:bg-surface-3 inline-flex size-7 items-center justify-center rounded-md"
                  >
                    <Ellipsis size={16} aria-hidden />
                  </button>
                }
                entries={[
                  {
                    label: settingsWords(secret.isSet ? 'replaceSecret' : 'setSecret'),
                    onSelect: () => onEdit(secret.name),
                  },
                  ...(secret.isSet
                    ? [
                        {
                          label: settingsWords('removeSecret'),
                          isDangerous: true,
                          onSelect: () => onRemove(secret),
                        },
                      ]
                    : []),
                ]}
              />
            ),
            width: 72,
            isUnsortable: true,
          },
        ]
      : []),
  ];
}
