import type { RunEvent } from './use-run-events.ts';

/** A stretch of a task's time; `end` is null while it lasts. */
export interface TaskSpan {
  readonly kind: 'waiting' | 'running' | 'retrying';
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number | null;
}

export interface TaskLine {
  readonly task: string;
  readonly title: string;
  readonly spans: readonly TaskSpan[];
}

const ENDS: ReadonlySet<RunEvent['type']> = new Set([
  'taskPublished',
  'taskUnchanged',
  'taskPaused',
  'taskFailed',
]);

/** When each task waited, worked and waited to try again, over all attempts of a run, in the order of the plan. */
export function taskSpans(events: readonly RunEvent[]): readonly TaskLine[] {
  const lines = new Map<string, { title: string; spans: TaskSpan[] }>();
  const close = (spans: TaskSpan[], end: number): void => {
    const last = spans.at(-1);
    if (last && last.end === null) spans[spans.length - 1] = { ...last, end };
  };
  const begin = (task: string, kind: TaskSpan['kind'], start: number): void => {
    const line = lines.get(task);
    if (!line) return;
    close(line.spans, start);
    line.spans.push({ kind, start, end: null });
  };
  const done = new Set<string>();
  for (const event of events) {
    const at = Date.parse(event.at);
    if (event.type === 'runStarted') {
      for (const task of event.tasks) {
        if (!lines.has(task)) lines.set(task, { title: event.tables[task] ?? task, spans: [] });
        if (!done.has(task)) begin(task, 'waiting', at);
      }
    } else if (event.type === 'runFinished') for (const { spans } of lines.values()) close(spans, at);
    else if (event.type === 'taskStarted' && !done.has(event.task)) begin(event.task, 'running', at);
    else if (event.type === 'taskRetrying') begin(event.task, 'retrying', at);
    else if (ENDS.has(event.type) && 'task' in event && event.task !== null) {
      const line = lines.get(event.task);
      if (line) close(line.spans, at);
      if (event.type === 'taskPublished' || event.type === 'taskUnchanged') done.add(event.task);
    }
  }
  return [...lines].map(([task, { title, spans }]) => ({ task, title, spans }));
}
