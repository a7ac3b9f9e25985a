import { Table2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { ObjectCard, ObjectLink } from '../../ui/object-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { datasetWords } from '../../words/datasets.ts';
import { addressOf, type DatasetRef } from './dataset-ref.ts';
import { FreshnessBadge } from './freshness-badge.tsx';

/** A dataset by its name, wherever it is named. */
export function DatasetLink({ connection, name }: DatasetRef): ReactNode {
  return (
    <ObjectLink
      href={addressOf({ connection, name })}
      card={<DatasetCard connection={connection} name={name} />}
    >
      <span className="font-mono">{name}</span>
    </ObjectLink>
  );
}

function DatasetCard({ connection, name }: DatasetRef): ReactNode {
  const { data, isPending } = useOperation('datasets/show-dataset', { connection, name });
  if (data === undefined) return <ObjectCard icon={Table2} title={name} facts={[]} isPending={isPending} />;
  return (
    <ObjectCard
      icon={Table2}
      title={name}
      status={<FreshnessBadge freshness={data.freshness} isPlain />}
      description={data.description}
      facts={[
        [datasetWords('rows'), data.rows === null ? null : formatNumber(data.rows)],
        [datasetWords('size'), data.sizeBytes === null ? null : formatBytes(data.sizeBytes)],
        [
          datasetWords('published'),
          data.publishedAt === null ? null : <RelativeTime at={data.publishedAt} />,
        ],
        [datasetWords('pipeline'), data.pipeline],
        [datasetWords('connection'), connection],
        [datasetWords('owner'), data.owner],
        [datasetWords('tags'), data.tags.join(', ')],
      ]}
    />
  );
}
