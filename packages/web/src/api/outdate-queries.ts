import type { QueryClient } from '@tanstack/react-query';

import type { LiveNews } from './live-event.ts';
import { listenLive } from './live.ts';

/** Beginnings of the names of operations whose answers an event outdates; `undefined` outdates all. */
const OUTDATED: Readonly<Record<LiveNews['kind'], readonly string[] | undefined>> = {
  run: ['runs/', 'home/', 'pipelines/list-', 'schedules/', 'quarantine/'],
  runEvent: [],
  document: ['pipelines/', 'home/', 'connections/list-', 'schedules/', 'projects/'],
  dataset: ['datasets/', 'home/', 'quality/', 'quarantine/'],
  schedule: ['schedules/', 'home/', 'pipelines/list-'],
  reset: undefined,
};

/** Events come in bursts; the server is asked once for each. */
const GATHER_MS = 200;

/** Asks the server anew for what live events say has changed, as far as it is shown. */
export function outdateQueries(client: QueryClient): () => void {
  const beginnings = new Set<string>();
  let isAll = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const wanted = [...beginnings];
    const everything = isAll;
    beginnings.clear();
    isAll = false;
    void client.invalidateQueries({
      predicate: ({ queryKey }) =>
        everything || wanted.some((beginning) => String(queryKey[0]).startsWith(beginning)),
    });
  };
  const stop = listenLive(({ kind }) => {
    const outdated = OUTDATED[kind];
    if (outdated === undefined) isAll = true;
    else for (const beginning of outdated) beginnings.add(beginning);
    if (outdated?.length !== 0) timer ??= setTimeout(flush, GATHER_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
