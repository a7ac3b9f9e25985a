import type { OperationOutput } from '@millrace/control-plane';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';

import { call } from '../../api/call.ts';
import { errorMessage } from '../../ui/error-panel.tsx';
import { notify } from '../../ui/toast.tsx';
import { sqlWords } from '../../words/sql.ts';

type Row = readonly (string | null)[];
type Answer = OperationOutput<'warehouse/query-warehouse'>;

/** Rows that an answer shows at most, and how many come with it. */
const MAX_ROWS = 100_000;
const FIRST_ROWS = 1000;
const MORE_ROWS = 5000;

export type QueryRun =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly since: number }
  /** `sql` is the statement that was asked. */
  | { readonly state: 'failed'; readonly error: unknown; readonly sql: string }
  | { readonly state: 'done'; readonly answer: Omit<Answer, 'rows'>; readonly rows: readonly Row[] };

export interface QueryRunning {
  readonly run: QueryRun;
  readonly start: (sql: string) => void;
  readonly cancel: () => void;
}

/** One question at a time; leaving the page, or asking another, stops it. The rows of a long answer come one page after the other. */
export function useQueryRun(): QueryRunning {
  const [run, setRun] = useState<QueryRun>({ state: 'none' });
  const client = useQueryClient();
  const asked = useRef<{ readonly queryId: string } | null>(null);
  const stop = useCallback((): void => {
    const running = asked.current;
    asked.current = null;
    if (running === null) return;
    // The answer that it was cancelled comes when it is in the history.
    void call('warehouse/cancel-query', { queryId: running.queryId }).catch(() => undefined);
  }, []);
  useEffect(() => stop, [stop]);
  const start = useCallback(
    (sql: string): void => {
      stop();
      const own = { queryId: newId() };
      asked.current = own;
      setRun({ state: 'running', since: Date.now() });
      const input = { sql, queryId: own.queryId, maxRows: MAX_ROWS, firstRows: FIRST_ROWS };
      void call('warehouse/query-warehouse', input)
        .then(
          ({ rows, ...answer }): QueryRun => ({ state: 'done', answer, rows }),
          (error: unknown): QueryRun => ({ state: 'failed', error, sql }),
        )
        .then((ended) => {
          void client.invalidateQueries({ queryKey: ['warehouse/list-queries'] });
          if (asked.current !== own) return;
          asked.current = null;
          setRun(ended);
        });
    },
    [client, stop],
  );
  const cancel = useCallback((): void => {
    stop();
    setRun({ state: 'none' });
  }, [stop]);
  useEffect(() => {
    if (run.state !== 'done' || run.rows.length >= run.answer.rowCount) return undefined;
    const { queryId } = run.answer;
    const controller = new AbortController();
    const wanted = { queryId, from: run.rows.length, count: MORE_ROWS };
    call('warehouse/read-rows', wanted, controller.signal)
      .then(({ rows }) =>
        setRun((known) =>
          known.state === 'done' && known.answer.queryId === queryId
            ? { ...known, rows: [...known.rows, ...rows] }
            : known,
        ),
      )
      .catch((error: unknown) => {
        if (!controller.signal.aborted)
          notify({ title: sqlWords('readFailed'), description: errorMessage(error), kind: 'failed' });
      });
    return () => controller.abort();
  }, [run]);
  return { run, start, cancel };
}

/** A random UUID also where the page is not served over TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
