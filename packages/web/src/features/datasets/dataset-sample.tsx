import { Rows3 } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { DataGrid } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { datasetWords } from '../../words/datasets.ts';
import { isNumericType } from '../sql/column-kind.ts';
import type { DatasetRef } from './dataset-ref.ts';

/** Some rows as they were published. */
export function DatasetSample({ dataset }: { readonly dataset: DatasetRef }): ReactNode {
  const { data, error, refetch } = useOperation('datasets/sample-dataset', { ...dataset, limit: 200 });
  const columns = useMemo(
    () => (data?.columns ?? []).map((column) => ({ ...column, isNumeric: isNumericType(column.type) })),
    [data],
  );
  if (error !== null && data === undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={datasetWords('sampleFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  if (data === undefined) return <SkeletonRows height={24} />;
  return (
    <DataGrid
      label={datasetWords('sample')}
      columns={columns}
      rows={data.rows}
      empty={<EmptyState icon={Rows3} title={datasetWords('sampleEmpty')} />}
    />
  );
}
