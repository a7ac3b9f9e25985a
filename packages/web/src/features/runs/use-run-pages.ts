import type { OperationInput, OperationOutput } from '@millrace/control-plane';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { call } from '../../api/call.ts';

export type ListedRun = OperationOutput<'runs/list-runs'>['runs'][number];
type Page = OperationOutput<'runs/list-runs'>;

const PAGE = 100;

export interface RunPages {
  readonly runs: readonly ListedRun[];
  /** By state; undefined until the first page is there. */
  readonly counts: Page['counts'] | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly readMore: () => void;
  readonly refetch: () => void;
}

/** Runs page by page: the first one at once, the others as somebody scrolls to them. */
export function useRunPages(input: OperationInput<'runs/list-runs'>): RunPages {
  const query = useInfiniteQuery({
    queryKey: ['runs/list-runs', input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call('runs/list-runs', { ...input, limit: PAGE, ...(pageParam ? { after: pageParam } : {}) }, signal),
    initialPageParam: null as Page['next'],
    getNextPageParam: (last: Page) => last.next,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages;
  const runs = useMemo(() => pages?.flatMap((page) => page.runs) ?? [], [pages]);
  return {
    runs,
    counts: pages?.[0]?.counts,
    error: query.error,
    isPending: query.isPending,
    readMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    refetch: () => void query.refetch(),
  };
}
