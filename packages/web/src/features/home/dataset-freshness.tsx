import type { OperationOutput } from '@millrace/control-plane';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { datasetAddress } from '../../app/addresses.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { homeWords } from '../../words/home.ts';
import { Section } from './section.tsx';

type Dataset = OperationOutput<'datasets/list-datasets'>['datasets'][number];
type State = Dataset['freshness']['state'];

const STATES: readonly State[] = ['underInvestigation', 'delayed', 'upToDate'];
const LOOKS = {
  upToDate: { tone: 'ok', fill: 'bg-ok' },
  delayed: { tone: 'warn', fill: 'bg-warn' },
  underInvestigation: { tone: 'bad', fill: 'bg-bad' },
} as const;
const SHOWN = 8;

/** How fresh the datasets are: their shares, and those that are not as they should be. */
export function DatasetFreshness(): ReactNode {
  const { data } = useOperation('datasets/list-datasets', {});
  if (data === undefined || data.total === 0) return null;
  const late = data.datasets
    .filter(({ freshness }) => freshness.state !== 'upToDate')
    .sort((one, other) => STATES.indexOf(one.freshness.state) - STATES.indexOf(other.freshness.state));
  const shown = late.length > 0 ? late : data.datasets;
  const count = (state: State): number =>
    data.facets.freshness.find(({ value }) => value === state)?.count ?? 0;
  return (
    <Section title={homeWords('datasets')} count={data.total}>
      <div className="px-4 pb-2">
        <div aria-hidden className="flex h-1.5 gap-0.5 overflow-hidden rounded-full">
          {STATES.map((state) =>
            count(state) === 0 ? null : (
              <span key={state} className={LOOKS[state].fill} style={{ flexGrow: count(state) }} />
            ),
          )}
        </div>
        <ul className="flex flex-wrap gap-x-3 gap-y-1 pt-1.5">
          {STATES.map((state) =>
            count(state) === 0 ? null : (
              <li key={state}>
                <AppLink href={`/datasets?freshness=${state}`} className="rounded-sm hover:underline">
                  <StatusBadge tone={LOOKS[state].tone} isPlain>
                    {count(state)} {homeWords(state === 'upToDate' ? 'upToDateDatasets' : state)}
                  </StatusBadge>
                </AppLink>
              </li>
            ),
          )}
        </ul>
      </div>
      <ul className="border-line border-t">
        {shown.slice(0, SHOWN).map((dataset) => (
          <DatasetLine key={`${dataset.connection}/${dataset.name}`} dataset={dataset} />
        ))}
      </ul>
    </Section>
  );
}

function DatasetLine({ dataset }: { readonly dataset: Dataset }): ReactNode {
  const { connection, name, freshness, publishedAt } = dataset;
  return (
    <li className="border-line grid min-h-8 grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 border-b px-4 py-1.5 text-sm">
      <AppLink
        href={datasetAddress(`${connection}/${name}`)}
        className="text-accent-ink truncate rounded-sm font-medium hover:underline"
      >
        {name}
      </AppLink>
      <span className="text-ink-3">{publishedAt === null ? null : <RelativeTime at={publishedAt} />}</span>
      {freshness.state === 'upToDate' ? null : (
        <span className="text-ink-2 col-span-2 line-clamp-2 break-words">{freshness.reason}</span>
      )}
    </li>
  );
}
