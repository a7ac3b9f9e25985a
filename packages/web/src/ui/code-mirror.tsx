import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { codeTheme } from './code-theme.ts';

export interface CodeEditorProps {
  /** What is edited; the accessible name. */
  readonly label: string;
  readonly value: string;
  readonly onChange?: (value: string) => void;
  /** For what is only looked at; editors that complete bring their language with `extensions`. */
  readonly language?: 'yaml';
  /** Language, completion, diagnostics, keys. Stable: at module scope or memoised. */
  readonly extensions?: Extension;
  readonly isReadOnly?: boolean;
  /** Gets the editor when it stands, for commands from outside; undefined when it goes. */
  readonly onView?: (view: EditorView | undefined) => void;
  readonly hasLineNumbers?: boolean;
}

const NONE: Extension = [];

/** Marks changes that come from `value`, which are not told back. */
const fromOutside = Annotation.define<boolean>();

export function CodeMirror({
  label,
  value,
  onChange,
  language,
  extensions = NONE,
  isReadOnly = false,
  onView,
  hasLineNumbers = true,
}: CodeEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | undefined>(undefined);
  const latest = useRef({ onChange, onView });
  const given = useRef(new Compartment());
  const locked = useRef(new Compartment());
  latest.current = { onChange, onView };
  const first = useRef({ label, value, language, extensions, isReadOnly, hasLineNumbers });

  useEffect(() => {
    if (place.current === null) return undefined;
    const start = first.current;
    const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          nonce ? EditorView.cspNonce.of(nonce) : [],
          start.hasLineNumbers
            ? [lineNumbers(), highlightActiveLineGutter(), foldGutter(), lintGutter()]
            : [],
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          highlightActiveLine(),
          highlightSelectionMatches(),
          start.language === 'yaml' ? yaml() : [],
          given.current.of(start.extensions),
          locked.current.of(EditorState.readOnly.of(start.isReadOnly)),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...completionKeymap,
            ...lintKeymap,
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': start.label, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((each) => each.annotation(fromOutside)))
              return;
            latest.current.onChange?.(update.state.doc.toString());
          }),
          codeTheme,
        ],
      }),
    });
    editor.current = view;
    latest.current.onView?.(view);
    return () => {
      editor.current = undefined;
      latest.current.onView?.(undefined);
      view.destroy();
    };
  }, []);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined) return;
    const present = view.state.doc.toString();
    if (present === value) return;
    view.dispatch({ changes: smallestChange(present, value), annotations: fromOutside.of(true) });
  }, [value]);
  useEffect(() => {
    editor.current?.dispatch({ effects: given.current.reconfigure(extensions) });
  }, [extensions]);
  useEffect(() => {
    editor.current?.dispatch({ effects: locked.current.reconfigure(EditorState.readOnly.of(isReadOnly)) });
  }, [isReadOnly]);

  return <div ref={place} className="flex min-h-0 min-w-0 flex-1 flex-col" />;
}

/** The part between the beginning and the end that both texts share, so that cursor and folds stay. */
function smallestChange(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0;
  const shorter = Math.min(before.length, after.length);
  while (from < shorter && before.charCodeAt(from) === after.charCodeAt(from)) from += 1;
  let end = 0;
  while (
    end < shorter - from &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
