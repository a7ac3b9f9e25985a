import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': {
    flex: '1',
    minHeight: '0',
    fontSize: '12px',
    backgroundColor: 'var(--surface-1)',
    color: 'var(--ink-1)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono, "JetBrains Mono Variable"), monospace',
    lineHeight: '18px',
  },
  '.cm-content': { padding: '4px 0', caretColor: 'var(--ink-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink-1)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-1)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--accent) 7%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink-1)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 26%, transparent)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--surface-3)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface-1)',
    color: 'var(--ink-1)',
    border: 'none',
    borderRadius: '6px',
    boxShadow: 'var(--shadow-float)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '240px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', lineHeight: '18px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--surface-3)',
    color: 'var(--ink-1)',
  },
  '.cm-completionDetail': { color: 'var(--ink-3)', fontStyle: 'normal', marginLeft: '8px' },
  '.cm-panels': { backgroundColor: 'var(--surface-2)', color: 'var(--ink-1)', borderColor: 'var(--line)' },
  '.cm-textfield': {
    backgroundColor: 'var(--surface-1)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    color: 'var(--ink-1)',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface-1)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    color: 'var(--ink-1)',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--surface-3)', border: 'none', color: 'var(--ink-2)' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeftWidth: '3px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnostic-info': { borderLeftColor: 'var(--busy)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent-fill)',
    color: 'var(--accent-on)',
    borderRadius: '4px',
    padding: '1px 6px',
  },
  '.cm-specialChar': { color: 'var(--bad)' },
});

const tokens = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--stage-source)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent-ink)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warn)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.className, tags.function(tags.variableName)], color: 'var(--busy)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** The portal's colours for code, in both themes at once: the tokens follow the page. */
export const codeTheme: Extension = [look, syntaxHighlighting(tokens)];
