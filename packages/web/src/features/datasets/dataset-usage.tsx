import { Users } from 'lucide-react';
import type { ReactNode } from 'react';

import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { datasetWords } from '../../words/datasets.ts';
import type { ShownDataset } from './shown-dataset.ts';

/** Who asked the dataset lately. */
export function DatasetUsage({ dataset }: { readonly dataset: ShownDataset }): ReactNode {
  const { queries, lastAt, people } = dataset.usage;
  if (queries === 0) return <EmptyState icon={Users} title={datasetWords('noUsage')} />;
  return (
    <div className="flex flex-col gap-3 overflow-auto p-4">
      <p>
        {datasetWords('queriesLately', { count: queries })}.{' '}
        {lastAt === null ? null : (
          <span className="text-ink-2">
            {datasetWords('lastQuery')}: <RelativeTime at={lastAt} />
          </span>
        )}
      </p>
      <table className="w-80 text-sm">
        <thead>
          <tr className="border-line text-ink-3 border-b text-left">
            <th className="py-1 font-medium">{datasetWords('person')}</th>
            <th className="py-1 text-right font-medium">{datasetWords('queries')}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.name} className="border-line border-b">
              <td className="max-w-60 truncate py-1">{person.name}</td>
              <td className="py-1 text-right tabular-nums">{person.queries}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
