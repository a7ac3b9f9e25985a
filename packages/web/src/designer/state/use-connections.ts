import { useMemo } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import type { DesignerConnection } from './use-designer.ts';

/** The connections of the project, for sources and destinations. */
export function useConnections(): readonly DesignerConnection[] {
  const { data } = useOperation('connections/list-connections', {});
  return useMemo(
    () =>
      (data?.connections ?? []).map(({ name, type, isSource, isDestination }) => ({
        name,
        type,
        isSource,
        isDestination,
      })),
    [data],
  );
}
