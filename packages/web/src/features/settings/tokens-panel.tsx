import type { OperationOutput } from '@millrace/control-plane';
import { KeyRound, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useSession } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmByNameDialog } from '../../ui/confirm-by-name-dialog.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { settingsWords } from '../../words/settings.ts';
import { MadeTokenDialog, TokenDialog } from './token-dialog.tsx';
import type { MadeToken } from './token-dialog.tsx';

type Token = OperationOutput<'identity/list-tokens'>['tokens'][number];

export function TokensPanel(): ReactNode {
  const session = useSession();
  const { data, error, isPending, refetch } = useOperation('identity/list-tokens', {});
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<MadeToken>();
  const [revoking, setRevoking] = useState<Token>();
  const revoke = useAct('identity/revoke-token', () => {
    notify({ title: settingsWords('revoked', { name: revoking?.name ?? '' }) });
    setRevoking(undefined);
  });
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  const caller = session.data?.caller;
  const add =
    caller?.by === 'session' ? (
      <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
        {settingsWords('newToken')}
      </Button>
    ) : null;
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel title={settingsWords('tokensFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <>
      <DataTable
        label={settingsWords('tokens')}
        rows={data?.tokens ?? []}
        columns={columns}
        rowId={({ tokenId }) => tokenId}
        initialSort="token"
        urlPrefix="tokens-"
        isLoading={isPending}
        toolbar={add}
        empty={
          <EmptyState icon={KeyRound} title={settingsWords('noTokens')} action={add}>
            {settingsWords('noTokensHelp')}
          </EmptyState>
        }
      />
      {isMaking && caller ? (
        <TokenDialog
          highest={caller.role}
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMaking(false);
            setMade(token);
          }}
        />
      ) : null}
      {made === undefined ? null : <MadeTokenDialog made={made} onClose={() => setMade(undefined)} />}
      <ConfirmByNameDialog
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={settingsWords('revokeTitle', { name: revoking?.name ?? '' })}
        description={settingsWords('revokeHelp')}
        name={revoking?.name ?? ''}
        action={settingsWords('revoke')}
        isBusy={revoke.isPending}
        onConfirm={() =>
          revoke.mutate(
            { tokenId: revoking?.tokenId ?? '' },
            {
              onError: notifyFailure(settingsWords('changeFailed')),
            },
          )
        }
      />
    </>
  );
}

function tokenColumns(onRevoke: (token: Token) => void): readonly DataColumn<Token>[] {
  return [
    { id: 'token', header: settingsWords('token'), value: ({ name }) => name, width: 180, grow: 2 },
    { id: 'of', header: settingsWords('ofUser'), value: ({ email }) => email, width: 180, grow: 1 },
    {
      id: 'role',
      header: settingsWords('role'),
      value: ({ role }) => settingsWords(role),
      width: 100,
    },
    {
      id: 'used',
      header: settingsWords('lastUsed'),
      value: ({ usedAt }) => usedAt,
      cell: ({ usedAt }) =>
        usedAt === null ? (
          <span className="text-ink-3">{settingsWords('notUsed')}</span>
        ) : (
          <RelativeTime at={usedAt} />
        ),
      width: 120,
    },
    {
      id: 'expires',
      header: settingsWords('expires'),
      value: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) =>
        expiresAt === null ? settingsWords('never') : <RelativeTime at={expiresAt} />,
      width: 120,
    },
    {
      id: 'actions',
      header: settingsWords('actions'),
      value: () => null,
      cell: (token) => (
        <Button size="small" onClick={() => onRevoke(token)}>
          {settingsWords('revoke')}
        </Button>
      ),
      width: 96,
      isUnsortable: true,
    },
  ];
}
