import { useMemo } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import type { DesignerConnection } from './use-designer.ts';

/** The connections of the project, for sources and destinations; none until they are known, or when they cannot be. */
export function useConnections(): {
  readonly connections: readonly DesignerConnection[];
  readonly areConnectionsKnown: boolean;
} {
  const { data, isPending } = useOperation('connections/list-connections', {});
  return useMemo(
    () => ({
      connections: (data?.connections ?? []).map(({ name, type, isSource, isDestination }) => ({
        name,
        type,
        isSource,
        isDestination,
      })),
      areConnectionsKnown: !isPending,
    }),
    [data, isPending],
  );
}
