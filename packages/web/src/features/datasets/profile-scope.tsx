import { ChartColumn } from 'lucide-react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useAct } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { notifyFailure } from '../../ui/notify-failure.ts';
import { datasetWords } from '../../words/datasets.ts';
import type { ShownDataset } from './shown-dataset.ts';

/** Which rows the figures are of, and the way to those of all rows. */
export function ProfileScope({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  return (
    <div className="text-ink-3 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
      <p>{wordsOf(dataset.profile)}</p>
      <ProfileButton dataset={dataset} />
    </div>
  );
}

function wordsOf(profile: ShownDataset['profile']): string {
  if (profile === null) return datasetWords('noProfile');
  const words = {
    published: 'profileOfPublished',
    table: 'profileOf',
    changes: 'profileOfChanges',
  } as const;
  return datasetWords(words[profile.scope], {
    run: profile.runId,
    rows: formatNumber(Number(profile.profile.rows)),
  });
}

/** Nothing where the profile is of all rows already. */
export function ProfileButton({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const mayRead = useMay('data.read');
  const take = useAct('datasets/profile-dataset');
  const { connection, name, profile, rows, version } = dataset;
  if (!mayRead || version === null || profile?.scope === 'published') return null;
  return (
    <Button
      icon={ChartColumn}
      isBusy={take.isPending}
      onClick={() =>
        take.mutate({ connection, name }, { onError: notifyFailure(datasetWords('notProfiled')) })
      }
    >
      {rows === null
        ? datasetWords('profileAll')
        : datasetWords('profileAllOf', { rows: formatNumber(rows) })}
    </Button>
  );
}
