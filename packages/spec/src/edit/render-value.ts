import type { DocumentValue } from './edit.ts';

/** Text that YAML reads as this very string without quotes, inside and outside of flow collections. */
const PLAIN_TEXT = /^[A-Za-z_](?:[A-Za-z0-9_.*/ -]*[A-Za-z0-9_.*/-])?$/;

/** Words that some version of YAML reads as something else than text. */
const TYPED_WORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
]);

/** A value on one line of YAML: `{ mode: full }`, `[id, "2024"]`. */
export function renderValue(value: DocumentValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return renderText(value);
  if (isList(value)) return `[${value.map(renderValue).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${renderText(key)}: ${renderValue(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A string or a key. */
export function renderText(text: string): string {
  if (PLAIN_TEXT.test(text) && !TYPED_WORDS.has(text.toLowerCase())) return text;
  // Every JSON string is a double-quoted YAML string; the rest is what YAML would take for a line break or refuse.
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function isList(value: DocumentValue): value is readonly DocumentValue[] {
  return Array.isArray(value);
}

export function isMapping(value: DocumentValue): value is { readonly [key: string]: DocumentValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
