import { yaml } from '@codemirror/lang-yaml';
import { setDiagnostics, type Diagnostic as LintDiagnostic } from '@codemirror/lint';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { CodeMirror } from '../../ui/code-mirror.tsx';
import { designerWords } from '../../words/designer.ts';
import { sayFix } from '../inspector/problem-note.tsx';
import { useDesigner } from '../state/use-designer.ts';

const setLit = StateEffect.define<readonly { readonly from: number; readonly to: number }[]>();

/** The lines of the selected steps stand out. */
const litLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    let current = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setLit)) continue;
      const { doc } = transaction.state;
      const marks = effect.value.flatMap(({ from, to }) => {
        const [first, last] = [doc.lineAt(Math.min(from, doc.length)), doc.lineAt(Math.min(to, doc.length))];
        return Array.from({ length: last.number - first.number + 1 }, (_, index) =>
          Decoration.line({ class: 'cm-step' }).range(doc.line(first.number + index).from),
        );
      });
      current = Decoration.set(marks, true);
    }
    return current;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const litTheme = EditorView.theme({
  '.cm-step': { boxShadow: 'inset 2px 0 0 var(--accent)', backgroundColor: 'var(--accent-soft)' },
});

/** The YAML of the document beside the canvas; both are the same text. */
export function CodePane({ jump }: { readonly jump: { readonly offset: number } | undefined }): ReactNode {
  const { state, dispatch, compiled, isReadOnly } = useDesigner();
  const { log, draft, selected, graph, cards } = state;
  const [view, setView] = useState<EditorView | undefined>(undefined);
  const latest = useRef({ compiled, draft, graph, cards, selected, dispatch, isReadOnly });
  latest.current = { compiled, draft, graph, cards, selected, dispatch, isReadOnly };
  const burst = useRef({ number: 0, at: 0 });
  const extensions = useMemo(
    () => [
      yaml(),
      litLines,
      litTheme,
      EditorView.contentAttributes.of({ tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        // Only where a person put the cursor.
        if (!update.selectionSet || !update.view.hasFocus) return;
        const step = stepAt(update.state.selection.main.head, latest.current);
        const { selected: now, cards: seen } = latest.current;
        const isShown = step !== undefined && now.includes(step) && seen.steps.has(step);
        if (step !== undefined && !isShown) latest.current.dispatch({ kind: 'select', names: [step] });
      }),
    ],
    [],
  );
  useEffect(() => {
    if (view === undefined || !state.isReadable) return;
    const ranges = selected.map((name) => {
      const [key, value] = [draft.locate(['steps', name], 'key'), draft.locate(['steps', name])];
      return { from: key.start.offset, to: Math.max(key.end.offset, value.end.offset - 1) };
    });
    const [first] = ranges;
    const isShown = view.hasFocus || first === undefined;
    view.dispatch({
      effects: [
        setLit.of(ranges.toSorted((left, right) => left.from - right.from)),
        ...(isShown
          ? []
          : [EditorView.scrollIntoView(Math.min(first.from, view.state.doc.length), { y: 'center' })]),
      ],
    });
  }, [view, selected, draft, state.isReadable]);
  useEffect(() => {
    if (view !== undefined) view.dispatch(setDiagnostics(view.state, lint(view, latest.current)));
  }, [view, compiled]);
  useEffect(() => {
    if (view === undefined || jump === undefined) return;
    view.dispatch({
      selection: { anchor: Math.min(jump.offset, view.state.doc.length) },
      effects: EditorView.scrollIntoView(Math.min(jump.offset, view.state.doc.length), { y: 'center' }),
    });
  }, [view, jump]);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col" data-part="code">
      {state.isReadable ? null : (
        <p role="status" className="bg-warn-soft text-warn px-3 py-1 text-sm">
          {designerWords('textWrong')}
        </p>
      )}
      <CodeMirror
        label={state.file}
        value={log.text}
        isReadOnly={isReadOnly}
        extensions={extensions}
        onView={setView}
        onChange={(text) => {
          // A pause ends what undo takes back at once.
          const now = performance.now();
          if (now - burst.current.at > 1000) burst.current.number += 1;
          burst.current.at = now;
          dispatch({ kind: 'type', text, group: `typing ${burst.current.number}` });
        }}
      />
    </div>
  );
}

type Latest = Pick<ReturnType<typeof useDesigner>, 'compiled' | 'dispatch' | 'isReadOnly'> &
  Pick<ReturnType<typeof useDesigner>['state'], 'draft' | 'graph' | 'cards' | 'selected'>;

function lint(view: EditorView, { compiled, dispatch, isReadOnly }: Latest): readonly LintDiagnostic[] {
  const end = view.state.doc.length;
  return compiled.diagnostics.map(({ range, severity, message, fixes }) => ({
    from: Math.min(range.start.offset, end),
    to: Math.min(Math.max(range.end.offset, range.start.offset), end),
    severity: severity === 'error' ? 'error' : 'warning',
    message,
    actions: isReadOnly
      ? []
      : fixes.slice(0, 4).map((fix) => ({
          name: sayFix(fix),
          apply: () => dispatch({ kind: 'edit', edits: [fix], label: sayFix(fix) }),
        })),
  }));
}

function stepAt(offset: number, { draft, graph }: Latest): string | undefined {
  let found: string | undefined;
  for (const name of graph.steps.keys()) {
    const { start } = draft.locate(['steps', name], 'key');
    if (start.offset <= offset) {
      const { end } = draft.locate(['steps', name]);
      if (offset <= end.offset) found = name;
    }
  }
  return found;
}
