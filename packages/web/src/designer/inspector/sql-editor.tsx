import { sql, StandardSQL } from '@codemirror/lang-sql';
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { setDiagnostics, type Diagnostic as LintDiagnostic } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { CodeMirror } from '../../ui/code-mirror.tsx';
import { FieldFrame } from '../../ui/field-frame.tsx';
import { spanWithin } from '../model/span-within.ts';
import { SQL_FUNCTIONS } from '../model/sql-functions.generated.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useFieldEdit } from '../state/use-field-edit.ts';
import { useInputColumns, type InputColumn } from '../state/use-input-columns.ts';
import type { SqlFieldProps } from './sql-field-props.ts';

/** SQL with the columns that are there, DuckDB's functions, and errors at the character. */
export function SqlEditor({ step, frame, path, value, placeholder }: SqlFieldProps): ReactNode {
  const { state, compiled, isReadOnly } = useDesigner();
  const set = useFieldEdit(path);
  const columns = useInputColumns(step);
  const offered = useRef<readonly InputColumn[]>(columns);
  offered.current = columns;
  const [view, setView] = useState<EditorView | undefined>(undefined);
  const extensions = useMemo(
    () => [
      sql({ dialect: StandardSQL }),
      autocompletion({ override: [(context) => complete(context, offered.current)], icons: false }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ tabindex: '0' }),
    ],
    [],
  );
  useEffect(() => {
    if (view === undefined) return;
    const { locate } = state.draft;
    const problems = (compiled.byStep.get(step.name) ?? [])
      .filter(({ path: at }) => at.length === path.length && at.every((part, index) => part === path[index]))
      .map((problem): LintDiagnostic => {
        const span = spanWithin(problem.range, value, (part) => locate(path, part));
        const end = view.state.doc.length;
        return {
          from: Math.min(span.from, end),
          to: Math.min(span.to, end),
          severity: problem.severity === 'error' ? 'error' : 'warning',
          message: problem.message,
        };
      });
    view.dispatch(setDiagnostics(view.state, problems));
  }, [compiled, value, view, path, state.draft, step.name]);
  const rows = Math.min(12, Math.max(1, value.split('\n').length, Math.ceil(value.length / 38)));
  return (
    <FieldFrame {...frame}>
      <div
        className="border-line-strong focus-within:outline-accent relative flex overflow-hidden rounded-md border focus-within:outline-2"
        style={{ height: rows * 18 + 10 }}
        onKeyDown={(event) => {
          // An open list of completions takes Escape for itself.
          if (event.key === 'Escape' && event.defaultPrevented) event.stopPropagation();
        }}
      >
        <CodeMirror
          label={frame.label}
          value={value}
          onChange={(text) => set(text === '' && frame.isRequired !== true ? undefined : text)}
          extensions={extensions}
          isReadOnly={isReadOnly}
          onView={(next) => {
            // In a form, Tab goes on to the next field.
            next?.setTabFocusMode(true);
            setView(next);
          }}
          hasLineNumbers={false}
        />
        {value === '' && placeholder !== '' ? (
          <span
            aria-hidden
            className="text-ink-3 pointer-events-none absolute top-1 left-2 truncate font-mono text-sm"
          >
            {placeholder}
          </span>
        ) : null}
      </div>
    </FieldFrame>
  );
}

function complete(context: CompletionContext, columns: readonly InputColumn[]): CompletionResult | null {
  const isText = syntaxTree(context.state).resolveInner(context.pos, -1).name === 'String';
  const word = isText ? null : context.matchBefore(/[\w.]*/);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  return {
    from: word.from + word.text.lastIndexOf('.') + 1,
    options: [
      ...columns.map(({ name, type }) => ({
        label: name,
        apply: /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`,
        detail: type,
        type: 'property',
        boost: 50,
      })),
      ...SQL_FUNCTIONS.map(([label, detail]) => ({ label, detail, apply: `${label}(`, type: 'function' })),
    ],
    validFor: /^\w*$/,
  };
}
