import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { connectWords } from '../../words/connect.ts';
import { ChooseSystem } from './choose-system.tsx';
import { ChooseTables } from './choose-tables.tsx';
import type { ChosenTable } from './chosen-table.ts';
import { FillSettings } from './fill-settings.tsx';
import { FinishPipeline } from './finish-pipeline.tsx';

const STEPS = ['system', 'settings', 'tables', 'finish'] as const;
type Step = (typeof STEPS)[number];

/**
 * From a system to a pipeline that is ready to run. What the address holds survives a reload: the connection once it is
 * saved, and the step. Secrets are only ever in the form.
 */
export function ConnectPage(): ReactNode {
  const [system, setSystem] = useUrlState('system');
  const [connection, setConnection] = useUrlState('connection');
  const [isFinishing, setFinishing] = useState(false);
  const [chosen, setChosen] = useState<ReadonlyMap<string, ChosenTable>>(new Map());
  const connectors = useOperation('connectors/list-connectors', {}, { freshForMs: Number.POSITIVE_INFINITY });
  const connections = useOperation('connections/list-connections', {});
  const step: Step =
    connection !== '' ? (isFinishing ? 'finish' : 'tables') : system !== '' ? 'settings' : 'system';
  const error = connectors.error ?? connections.error;
  return (
    <div className="flex min-h-0 flex-1">
      <StepList step={step} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {error ? (
          <div className="p-4">
            <ErrorPanel
              title={connectWords('systemsFailed')}
              error={error}
              onRetry={() => {
                void connectors.refetch();
                void connections.refetch();
              }}
            />
          </div>
        ) : connectors.data === undefined || connections.data === undefined ? (
          <SkeletonRows height={48} />
        ) : (
          page(connectors.data.connectors, connections.data.connections)
        )}
      </div>
    </div>
  );

  function page(
    systems: NonNullable<typeof connectors.data>['connectors'],
    known: NonNullable<typeof connections.data>['connections'],
  ): ReactNode {
    switch (step) {
      case 'system':
        return (
          <ChooseSystem
            systems={systems}
            connections={known}
            onSystem={setSystem}
            onConnection={setConnection}
          />
        );
      case 'settings': {
        const found = systems.find(({ name }) => name === system);
        return found === undefined ? null : (
          <FillSettings
            system={found}
            taken={known.map(({ name }) => name)}
            onBack={() => setSystem('')}
            onSaved={setConnection}
          />
        );
      }
      case 'tables':
        return (
          <ChooseTables
            connection={connection}
            connections={known}
            chosen={chosen}
            onChoose={setChosen}
            onBack={() => setConnection('')}
            onNext={() => setFinishing(true)}
          />
        );
      case 'finish':
        return (
          <FinishPipeline
            connection={connection}
            connections={known}
            systems={systems}
            tables={[...chosen.values()]}
            onBack={() => setFinishing(false)}
          />
        );
    }
  }
}

function StepList({ step }: { readonly step: Step }): ReactNode {
  const at = STEPS.indexOf(step);
  return (
    <nav
      aria-label={connectWords('steps')}
      className="border-line hidden w-36 shrink-0 border-r p-4 md:block"
    >
      <ol className="flex flex-col gap-3">
        {STEPS.map((each, index) => (
          <li
            key={each}
            aria-current={index === at ? 'step' : undefined}
            className={classNames(
              'flex items-center gap-2',
              index === at ? 'text-ink-1 font-medium' : index < at ? 'text-ink-2' : 'text-ink-3',
            )}
          >
            <span
              aria-hidden
              className={classNames(
                'inline-flex size-5 items-center justify-center rounded-full border text-xs tabular-nums',
                index === at
                  ? 'bg-accent-fill text-accent-on border-transparent'
                  : index < at
                    ? 'border-accent text-accent-ink'
                    : 'border-line-strong',
              )}
            >
              {index < at ? <Check size={12} strokeWidth={3} /> : index + 1}
            </span>
            {connectWords(each)}
          </li>
        ))}
      </ol>
    </nav>
  );
}
