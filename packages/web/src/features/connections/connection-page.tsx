import { useMutation } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { Cable, Table2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { useMay } from '../../api/session.ts';
import { useAct, useOperation } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmByNameDialog } from '../../ui/confirm-by-name-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel, errorMessage } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SchemaForm } from '../../ui/schema-form.tsx';
import { isSettingValue, missingSettings } from '../../ui/settings-schema.ts';
import type { SettingValues, SettingsSchema } from '../../ui/settings-schema.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { notify } from '../../ui/toast.tsx';
import { connectionWords } from '../../words/connections.ts';
import { uiWords } from '../../words/ui.ts';
import type { Connection } from './connections-page.tsx';
import { SettingsTest } from './settings-test.tsx';

export function ConnectionPage(): ReactNode {
  const { connection: name = '' } = useParams({ strict: false });
  const connections = useOperation('connections/list-connections', {});
  const connectors = useOperation('connectors/list-connectors', {}, { freshForMs: Number.POSITIVE_INFINITY });
  const connection = connections.data?.connections.find((each) => each.name === name);
  const connector = connectors.data?.connectors.find((each) => each.name === connection?.type);
  const error = connections.error ?? connectors.error;
  if (error)
    return (
      <div className="p-4">
        <ErrorPanel
          title={connectionWords('failed')}
          error={error}
          onRetry={() => {
            void connections.refetch();
            void connectors.refetch();
          }}
        />
      </div>
    );
  if (connections.isPending || connectors.isPending) return <SkeletonRows count={8} height={48} />;
  if (connection === undefined || connector === undefined)
    return (
      <EmptyState
        icon={Cable}
        title={connectionWords('unknown', { name })}
        action={<ButtonLink href="/connections">{connectionWords('toList')}</ButtonLink>}
      >
        {connectionWords('unknownHelp')}
      </EmptyState>
    );
  return <Loaded key={name} connection={connection} schema={connector.settings} />;
}

function Loaded({
  connection,
  schema,
}: {
  readonly connection: Connection;
  readonly schema: SettingsSchema;
}): ReactNode {
  const { name, type, title, usedBy, isSource, secrets } = connection;
  const router = useRouter();
  const mayWrite = useMay('connection.write');
  const [values, setValues] = useState(() => shownSettings(connection));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [isRemoving, setRemoving] = useState(false);
  const test = useMutation({
    mutationFn: () => call('connections/check-settings', { type, settings: values, keptFrom: name }),
  });
  const save = useAct('connections/update-connection', () => {
    notify({ title: connectionWords('saved', { name }) });
    setValues((all) => Object.fromEntries(Object.entries(all).filter(([key]) => !secrets.includes(key))));
  });
  const remove = useAct('connections/remove-connection', () => {
    notify({ title: connectionWords('removed', { name }) });
    router.history.push('/connections');
  });
  const whenComplete = (act: () => void): void => {
    const missing = missingSettings(schema, values, secrets);
    setErrors(missing);
    if (Object.keys(missing).length === 0) act();
  };
  return (
    <>
      <PageHeader
        title={name}
        icon={Cable}
        facts={
          <>
            <span>{title}</span>
            {usedBy.length === 0 ? null : (
              <span className="flex min-w-0 gap-2 truncate">
                {connectionWords('usedBy')}
                {usedBy.map((pipeline) => (
                  <TextLink key={pipeline} href={pipelineAddress(pipeline)}>
                    {pipeline}
                  </TextLink>
                ))}
              </span>
            )}
          </>
        }
        actions={
          mayWrite ? (
            <>
              <Button kind="quiet" icon={Trash2} onClick={() => setRemoving(true)}>
                {connectionWords('remove')}
              </Button>
              {isSource ? (
                <ButtonLink icon={Table2} href={`/connections/new?connection=${encodeURIComponent(name)}`}>
                  {connectionWords('connectTables')}
                </ButtonLink>
              ) : null}
            </>
          ) : null
        }
      />
      <form
        className="flex max-w-3xl flex-col gap-4 px-4 pb-6"
        onSubmit={(event) => {
          event.preventDefault();
          whenComplete(() => save.mutate({ connection: name, settings: values }));
        }}
      >
        <fieldset disabled={!mayWrite} className="contents">
          <SchemaForm
            schema={schema}
            values={values}
            onChange={setValues}
            errors={errors}
            keptSecrets={secrets}
          />
        </fieldset>
        <SettingsTest result={test.data} error={test.error} />
        {save.error === null ? null : <ErrorPanel title={connectionWords('saveFailed')} error={save.error} />}
        {mayWrite ? (
          <div className="flex gap-2">
            <Button kind="primary" type="submit" isBusy={save.isPending}>
              {connectionWords('save')}
            </Button>
            <Button isBusy={test.isPending} onClick={() => whenComplete(() => test.mutate())}>
              {connectionWords('testConnection')}
            </Button>
          </div>
        ) : null}
      </form>
      {isRemoving && usedBy.length > 0 ? (
        <Dialog
          isOpen
          onClose={() => setRemoving(false)}
          title={connectionWords('removeBlocked', { name })}
          description={connectionWords('removeUsed', { count: usedBy.length, pipelines: usedBy.join(', ') })}
          actions={<Button onClick={() => setRemoving(false)}>{uiWords('close')}</Button>}
        />
      ) : (
        <ConfirmByNameDialog
          isOpen={isRemoving}
          onClose={() => {
            setRemoving(false);
            remove.reset();
          }}
          title={connectionWords('removeTitle', { name })}
          name={name}
          action={connectionWords('remove')}
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate({ connection: name })}
          description={
            <>
              <p>{connectionWords('removeHelp')}</p>
              {remove.error === null ? null : <p className="text-bad mt-2">{errorMessage(remove.error)}</p>}
            </>
          }
        />
      )}
    </>
  );
}

/** What the form begins with: everything but secrets. */
function shownSettings({ settings, secrets }: Connection): SettingValues {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      secrets.includes(key) || !isSettingValue(value) ? [] : [[key, value] as const],
    ),
  );
}
