import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { call } from '../../api/call.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { SchemaForm } from '../../ui/schema-form.tsx';
import { missingSettings } from '../../ui/settings-schema.ts';
import type { SettingValues } from '../../ui/settings-schema.ts';
import { TextField } from '../../ui/text-field.tsx';
import { connectWords } from '../../words/connect.ts';
import { SettingsTest } from '../connections/settings-test.tsx';
import type { System } from './choose-system.tsx';
import { WizardPage } from './wizard-page.tsx';

/** The settings of a new connection; it is saved when its test passes. */
export function FillSettings({
  system,
  taken,
  onBack,
  onSaved,
}: {
  readonly system: System;
  readonly taken: readonly string[];
  readonly onBack: () => void;
  readonly onSaved: (connection: string) => void;
}): ReactNode {
  const [name, setName] = useState('');
  const [values, setValues] = useState<SettingValues>({});
  const [isChecked, setChecked] = useState(false);
  const client = useQueryClient();
  const type = system.name;
  const test = useMutation({
    mutationFn: () => call('connections/check-settings', { type, settings: values }),
  });
  const save = useMutation({
    mutationFn: () => call('connections/add-connection', { name, type, settings: values }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['connections/list-connections'] });
      onSaved(name);
    },
  });
  const nameError = problemOf(name, taken);
  const missing = missingSettings(system.settings, values);
  const whenComplete = (act: () => void): void => {
    setChecked(true);
    if (nameError === undefined && Object.keys(missing).length === 0) act();
  };
  const change = (next: SettingValues): void => {
    setValues(next);
    test.reset();
  };
  return (
    <WizardPage
      title={connectWords('settingsTitle', { system: system.title })}
      notice={
        test.data === undefined && test.error === null && save.error === null ? null : (
          <>
            <SettingsTest result={save.error === null ? test.data : undefined} error={test.error} />
            {save.error === null ? null : (
              <ErrorPanel title={connectWords('saveFailed')} error={save.error} />
            )}
          </>
        )
      }
      footer={
        <>
          <Button onClick={onBack}>{connectWords('back')}</Button>
          <span className="flex-1" />
          <Button
            isBusy={test.isPending && !save.isPending}
            onClick={() => whenComplete(() => test.mutate())}
          >
            {connectWords('test')}
          </Button>
          <Button kind="primary" type="submit" form="settings" isBusy={save.isPending}>
            {connectWords('saveAndContinue')}
          </Button>
        </>
      }
    >
      <form
        id="settings"
        className="flex max-w-3xl flex-col gap-4 px-4 pb-6"
        onSubmit={(event) => {
          event.preventDefault();
          whenComplete(() => test.mutate(undefined, { onSuccess: () => save.mutate() }));
        }}
      >
        <div className="grid grid-cols-1 gap-x-6 gap-y-1 md:grid-cols-[minmax(0,320px)_minmax(0,1fr)]">
          <TextField
            label={connectWords('name')}
            isRequired
            isFocusedFirst
            isMono
            name="connection"
            value={name}
            onChange={setName}
            error={isChecked || taken.includes(name) ? nameError : undefined}
          />
          <p className="text-ink-3 text-sm md:pt-6">{connectWords('nameHelp')}</p>
        </div>
        <SchemaForm
          schema={system.settings}
          values={values}
          onChange={change}
          errors={isChecked ? missing : {}}
        />
      </form>
    </WizardPage>
  );
}

function problemOf(name: string, taken: readonly string[]): string | undefined {
  if (taken.includes(name)) return connectWords('nameTaken', { name });
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name) ? undefined : connectWords('nameWrong');
}
