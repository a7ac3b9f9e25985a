import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { useAct, useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { connectWords } from '../../words/connect.ts';
import { addressOf } from '../connections/connection-address.ts';
import type { Connection, System } from './choose-system.tsx';
import { usualDestination } from './choose-tables.tsx';
import type { ChosenTable } from './chosen-table.ts';
import { PipelineReady } from './pipeline-ready.tsx';
import { SCHEDULES, scheduleOf } from './schedules.ts';
import type { ScheduleChoice } from './schedules.ts';
import { WizardPage } from './wizard-page.tsx';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Destination and schedule beside the document that they make; creating it ends the wizard. */
export function FinishPipeline({
  connection,
  connections,
  systems,
  tables,
  onBack,
}: {
  readonly connection: string;
  readonly connections: readonly Connection[];
  readonly systems: readonly System[];
  readonly tables: readonly ChosenTable[];
  readonly onBack: () => void;
}): ReactNode {
  const destinations = connections.filter(({ isDestination, name }) => isDestination && name !== connection);
  const [into, setInto] = useState(() => usualDestination(connections, connection)?.name ?? '');
  const [schema, setSchema] = useState('raw');
  const [name, setName] = useState(connection);
  const [choice, setChoice] = useState<ScheduleChoice>('onDemand');
  const [cron, setCron] = useState('0 6 * * *');
  const [timezone, setTimezone] = useState(here);
  const target = connections.find((each) => each.name === into);
  const writes = systems.find((each) => each.name === target?.type)?.capabilities.destination;
  const canMerge = writes?.writeModes.includes('merge') === true;
  const input = useMemo(
    () => ({
      name,
      from: connection,
      into: { connection: into, schema: writes?.hasSchemas === true && schema !== '' ? schema : null },
      tables: tables.map(({ table, load }) => ({ table, load: canMerge ? load : { mode: 'full' as const } })),
      schedule: scheduleOf(choice, cron, timezone),
    }),
    [name, connection, into, writes, schema, tables, canMerge, choice, cron, timezone],
  );
  const preview = useOperation(
    'pipelines/create-replication',
    { ...input, isWritten: false },
    { isEnabled: name !== '', keepsPrevious: true },
  );
  const create = useAct('pipelines/create-replication');
  if (create.data?.file != null)
    return <PipelineReady pipeline={create.data.pipeline} file={create.data.file} />;
  return (
    <WizardPage
      title={connectWords('finishTitle')}
      footer={
        <>
          <Button onClick={onBack}>{connectWords('back')}</Button>
          <span className="flex-1" />
          <Button
            kind="primary"
            isBusy={create.isPending}
            isDisabled={preview.error !== null || into === ''}
            onClick={() => create.mutate(input)}
          >
            {connectWords('create')}
          </Button>
        </>
      }
    >
      <div className="border-line grid min-h-0 flex-1 border-t lg:grid-cols-[minmax(320px,420px)_minmax(0,1fr)]">
        <div className="flex flex-col gap-4 overflow-auto p-4">
          <SelectField
            label={connectWords('destination')}
            isRequired
            help={connectWords('destinationHelp')}
            value={into === '' ? null : into}
            options={destinations.map((each) => ({
              value: each.name,
              label: each.name,
              note: `${each.title} ${addressOf(each.settings)}`,
            }))}
            onChange={setInto}
          />
          {writes?.hasSchemas === true ? (
            <TextField
              label={connectWords('schema')}
              isRequired
              isMono
              help={connectWords('schemaHelp')}
              value={schema}
              onChange={setSchema}
            />
          ) : null}
          <TextField
            label={connectWords('pipelineName')}
            isRequired
            isMono
            help={connectWords('pipelineNameHelp')}
            value={name}
            onChange={setName}
          />
          <SelectField<ScheduleChoice>
            label={connectWords('schedule')}
            isRequired
            value={choice}
            options={SCHEDULES.map(({ choice: value, label, cron: times }) => ({
              value,
              label: label(),
              ...(value === 'onDemand'
                ? { note: connectWords('onDemandNote') }
                : times === ''
                  ? {}
                  : { note: times }),
            }))}
            onChange={setChoice}
          />
          {choice === 'custom' ? (
            <TextField
              label={connectWords('cron')}
              isRequired
              isMono
              help={connectWords('cronHelp')}
              value={cron}
              onChange={setCron}
            />
          ) : null}
          {choice === 'onDemand' ? null : (
            <TextField label={connectWords('timezone')} isRequired value={timezone} onChange={setTimezone} />
          )}
          {create.error === null ? null : (
            <ErrorPanel title={connectWords('createFailed')} error={create.error} />
          )}
        </div>
        <section
          aria-label={connectWords('preview')}
          className="border-line flex min-h-64 min-w-0 flex-col border-t lg:border-t-0 lg:border-l"
        >
          <h2 className="text-ink-2 border-line shrink-0 border-b px-4 py-1.5 font-medium">
            {connectWords('preview')}
          </h2>
          {preview.error ? (
            <div className="p-4">
              <ErrorPanel title={connectWords('previewFailed')} error={preview.error} />
            </div>
          ) : (
            <CodeEditor
              label={connectWords('preview')}
              language="yaml"
              value={preview.data?.text ?? ''}
              isReadOnly
            />
          )}
        </section>
      </div>
    </WizardPage>
  );
}
