import { formatPath, type DocumentPath } from '../diagnostic/source-range.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { isDocumentValue, removeValue, setValue, valueAt } from './document-value.ts';
import type { DocumentValue } from './edit.ts';
import { isMapping } from './render-value.ts';
import { replaceInText } from './replace-in-text.ts';
import { EditRefusal, isSameValue, removeInText, renameInText, setInText } from './yaml-text.ts';

// Each change is proved: the new text, read again, says what was meant, or the change is refused.

/** Sets only what differs, so that comments inside of a map that is set again stay. */
export function set(text: string, path: DocumentPath, value: DocumentValue): string {
  const before = read(text);
  const existing = valueAt(before, path);
  if (existing !== undefined && isSameValue(existing, value)) return text;
  if (
    existing !== undefined &&
    isMapping(existing) &&
    isMapping(value) &&
    Object.keys(existing).length > 0 &&
    Object.keys(value).length > 0
  ) {
    let current = text;
    // New keys first: a map must not become empty on the way.
    for (const [key, item] of Object.entries(value)) current = set(current, [...path, key], item);
    for (const key of Object.keys(existing))
      if (!Object.hasOwn(value, key)) current = remove(current, [...path, key]);
    return current;
  }
  const expected = setValue(before, path, value);
  if (typeof existing === 'string' && typeof value === 'string') {
    const inPlace = replaceInText(text, path, existing, value);
    if (inPlace !== undefined && says(inPlace, expected)) return inPlace;
  }
  return proved(setInText(text, path, value), expected, path);
}

export function remove(text: string, path: DocumentPath): string {
  const before = read(text);
  if (valueAt(before, path) === undefined) throw new EditRefusal(`There is no ${formatPath(path)}.`);
  return proved(removeInText(text, path), removeValue(before, path), path);
}

export function removeIfThere(text: string, map: string, key: string): string {
  const entries = valueAt(read(text), [map]);
  if (entries === undefined || !isMapping(entries) || !Object.hasOwn(entries, key)) return text;
  return remove(text, Object.keys(entries).length === 1 ? [map] : [map, key]);
}

export function rename(text: string, path: DocumentPath, to: string): string {
  const before = read(text);
  const value = valueAt(before, path);
  const parent = path.slice(0, -1);
  if (value === undefined) throw new EditRefusal(`There is no ${formatPath(path)}.`);
  if (path.at(-1) === to) return text;
  if (valueAt(before, [...parent, to]) !== undefined)
    throw new EditRefusal(`There is a ${formatPath([...parent, to])} already.`);
  return proved(
    renameInText(text, path, to),
    setValue(removeValue(before, path), [...parent, to], value),
    path,
  );
}

export function proved(text: string, expected: DocumentValue, path: DocumentPath): string {
  if (isSameValue(read(text), expected)) return text;
  throw new EditRefusal(
    `${formatPath(path)} is written in a way that cannot be changed in place. Edit the text.`,
  );
}

function says(text: string, expected: DocumentValue): boolean {
  const { value, diagnostics } = readYaml(text, '');
  return diagnostics.length === 0 && isDocumentValue(value) && isSameValue(value, expected);
}

export function read(text: string): DocumentValue {
  const { value, diagnostics } = readYaml(text, '');
  if (value === undefined || diagnostics.length > 0)
    throw new EditRefusal('The text is not valid YAML; repair it first.');
  if (!isDocumentValue(value)) throw new EditRefusal('The text holds something else than plain data.');
  return value;
}
