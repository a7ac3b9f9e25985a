import { setDiagnostics } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo } from 'react';

import { errorMessage } from '../../ui/error-panel.tsx';
import { errorPlace, withoutQuote, type Span } from './error-place.ts';
import type { QueryRun } from './use-query-run.ts';

export interface ErrorMark {
  readonly place: Span;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Where the last answer points in its statement; undefined where it does not. */
export function errorMark(run: QueryRun): ErrorMark | undefined {
  if (run.state !== 'failed') return undefined;
  const message = errorMessage(run.error);
  const place = errorPlace(message, run.sql);
  if (place === undefined) return undefined;
  const before = run.sql.slice(0, place.from).split('\n');
  return {
    place,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: withoutQuote(message),
  };
}

/** Marks in the editor where the last answer points, while the statement is the one that was asked. */
export function useErrorMark(view: EditorView | undefined, run: QueryRun, sql: string): void {
  const mark = useMemo(() => errorMark(run), [run]);
  const isAsked = run.state === 'failed' && run.sql === sql;
  useEffect(() => {
    if (view === undefined) return;
    const shown = mark !== undefined && isAsked ? [mark] : [];
    const end = view.state.doc.length;
    view.dispatch(
      setDiagnostics(
        view.state,
        shown.map(({ place, message }) => ({
          from: Math.min(place.from, end),
          to: Math.min(place.to, end),
          severity: 'error',
          message,
        })),
      ),
    );
  }, [view, mark, isAsked]);
}

/** Puts the cursor of the editor where an answer points. */
export function goToMark(view: EditorView | undefined, { place }: ErrorMark): void {
  if (view === undefined) return;
  const anchor = Math.min(place.from, view.state.doc.length);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
  view.focus();
}
