import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { listenLive } from '../../api/live.ts';

export interface TaskProgress {
  readonly rows: number;
  readonly bytes: number;
  readonly estimatedRows: number | null;
  /** Since somebody looks; null until a second word of it has come. */
  readonly rowsPerSecond: number | null;
}

/** How far the tables of a run are, by task, between the events that are kept; and its summary asked anew for each of those. */
export function useRunProgress(runId: string): ReadonlyMap<string, TaskProgress> {
  const client = useQueryClient();
  const [progress, setProgress] = useState<ReadonlyMap<string, TaskProgress>>(new Map());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begun = new Map<string, { readonly at: number; readonly rows: number }>();
    setProgress(new Map());
    const stop = listenLive((news) => {
      if (news.kind !== 'runEvent' || news.event.runId !== runId) return;
      const { event } = news;
      if (event.type === 'taskProgress') {
        const { task, rows, bytes, estimatedRows } = event;
        const at = Date.parse(event.at);
        const first = begun.get(task);
        // Another try counts from nothing again.
        const start = first === undefined || rows < first.rows ? { at, rows } : first;
        begun.set(task, start);
        const rowsPerSecond = at > start.at ? ((rows - start.rows) / (at - start.at)) * 1_000 : null;
        setProgress((before) => new Map(before).set(task, { rows, bytes, estimatedRows, rowsPerSecond }));
      } else
        timer ??= setTimeout(() => {
          timer = undefined;
          void client.invalidateQueries({ queryKey: ['runs/show-run', { run: runId }] });
        }, 300);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, runId]);
  return progress;
}
