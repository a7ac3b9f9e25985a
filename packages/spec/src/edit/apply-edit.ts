import { formatPath, type DocumentPath } from '../diagnostic/source-range.ts';
import { NAME_PATTERN } from '../document/schema-parts.ts';
import { CHECK_INPUTS } from '../document/check-references.ts';
import { formatStepReference, parseStepReference } from '../document/step-reference.ts';
import { valuesAt, VERBS } from '../document/step.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { DocumentValue, Edit } from './edit.ts';
import { isList, isMapping } from './render-value.ts';
import { replaceInText } from './replace-in-text.ts';
import { EditRefusal, isSameValue, removeInText, renameInText, setInText } from './yaml-text.ts';

export type EditResult =
  | { readonly isApplied: true; readonly text: string }
  /** The text stays as it was; the reason is for people. */
  | { readonly isApplied: false; readonly reason: string };

/**
 * Changes the text of a document. Pure. Comments, the order of keys, quotes, spaces and everything this version does not
 * know stay byte for byte, outside of the place that changes. The result is proved: read again, it says exactly what the
 * edit means, or the edit is refused.
 */
export function applyEdit(text: string, edit: Edit): EditResult {
  try {
    return { isApplied: true, text: perform(text, edit) };
  } catch (error) {
    if (error instanceof EditRefusal) return { isApplied: false, reason: error.message };
    throw error;
  }
}

/** Applies edits one after the other; the first refusal refuses them all. */
export function applyEdits(text: string, edits: readonly Edit[]): EditResult {
  let current = text;
  for (const edit of edits) {
    const result = applyEdit(current, edit);
    if (!result.isApplied) return result;
    current = result.text;
  }
  return { isApplied: true, text: current };
}

function perform(text: string, edit: Edit): string {
  switch (edit.kind) {
    case 'addStep':
      if (!NAME_PATTERN.test(edit.name))
        throw new EditRefusal(`'${edit.name}' cannot be the name of a step.`);
      if (valueAt(read(text), ['steps', edit.name]) !== undefined)
        throw new EditRefusal(`There is a step '${edit.name}' already.`);
      return set(text, ['steps', edit.name], edit.step);
    case 'removeStep':
      return removeIfThere(remove(text, ['steps', edit.name]), 'layout', edit.name);
    case 'renameStep':
      return renameStep(text, edit.from, edit.to);
    case 'setField':
      if (edit.path.length === 0) throw new EditRefusal('The document as a whole cannot be set.');
      return set(text, edit.path, edit.value);
    case 'removeField':
      return remove(text, edit.path);
    case 'renameField':
      return rename(text, edit.path, edit.to);
    case 'connect':
      return set(text, inputPath(text, edit.to), edit.from);
    case 'disconnect':
      return remove(text, inputPath(text, edit.to));
    case 'moveStep':
      return set(text, ['layout', edit.name], edit.at);
  }
}

function renameStep(text: string, from: string, to: string): string {
  if (!NAME_PATTERN.test(to)) throw new EditRefusal(`'${to}' cannot be the name of a step.`);
  let current = rename(text, ['steps', from], to);
  const steps = valueAt(read(current), ['steps']);
  for (const [name, step] of Object.entries(isMapping(steps ?? null) ? (steps ?? {}) : {})) {
    // A name inside of SQL is text and stays.
    const slots = [
      ...VERBS.flatMap((verb) => verb.inputs.map((slot) => [verb.name, ...slot])),
      ...CHECK_INPUTS,
    ];
    for (const { path, value } of slots.flatMap((slot) => valuesAt(step, slot))) {
      if (typeof value !== 'string') continue;
      const reference = parseStepReference(value);
      if (reference.step === from)
        current = set(current, ['steps', name, ...path], formatStepReference({ ...reference, step: to }));
    }
  }
  const tests = valueAt(read(current), ['tests']) ?? [];
  const places: DocumentPath[] = [['layout', from]];
  if (isList(tests))
    tests.forEach((_, index) =>
      places.push(
        ['tests', index, 'given', from],
        ['tests', index, 'expect', from],
        ['tests', index, 'expectFailures', from],
      ),
    );
  for (const place of places) {
    if (valueAt(read(current), place) !== undefined) current = rename(current, place, to);
  }
  return current;
}

function inputPath(text: string, step: string): DocumentPath {
  const value = valueAt(read(text), ['steps', step]);
  if (value === undefined) throw new EditRefusal(`There is no step '${step}'.`);
  for (const verb of VERBS) {
    const [slot] = verb.inputs;
    if (valueAt(value, [verb.name]) === undefined || slot === undefined) continue;
    // A list or a map of inputs gets one more; where it ends, setting a number that is not there yet adds it.
    return slot.reduce<DocumentPath>(
      (path, part) => [...path, part === '*' ? nextIndex(valueAt(value, path.slice(2))) : part],
      ['steps', step, verb.name],
    );
  }
  throw new EditRefusal(`Step '${step}' reads from no other step.`);
}

function nextIndex(list: DocumentValue | undefined): number {
  return list !== undefined && isList(list) ? list.length : 0;
}

/** Sets only what differs, so that comments inside of a map that is set again stay. */
function set(text: string, path: DocumentPath, value: DocumentValue): string {
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

function remove(text: string, path: DocumentPath): string {
  const before = read(text);
  if (valueAt(before, path) === undefined) throw new EditRefusal(`There is no ${formatPath(path)}.`);
  return proved(removeInText(text, path), removeValue(before, path), path);
}

function removeIfThere(text: string, map: string, key: string): string {
  const entries = valueAt(read(text), [map]);
  if (entries === undefined || !isMapping(entries) || !Object.hasOwn(entries, key)) return text;
  return remove(text, Object.keys(entries).length === 1 ? [map] : [map, key]);
}

function rename(text: string, path: DocumentPath, to: string): string {
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

function proved(text: string, expected: DocumentValue, path: DocumentPath): string {
  if (isSameValue(read(text), expected)) return text;
  throw new EditRefusal(
    `${formatPath(path)} is written in a way that cannot be changed in place. Edit the text.`,
  );
}

function says(text: string, expected: DocumentValue): boolean {
  const { value, diagnostics } = readYaml(text, '');
  return diagnostics.length === 0 && isDocumentValue(value) && isSameValue(value, expected);
}

function read(text: string): DocumentValue {
  const { value, diagnostics } = readYaml(text, '');
  if (value === undefined || diagnostics.length > 0)
    throw new EditRefusal('The text is not valid YAML; repair it first.');
  if (!isDocumentValue(value)) throw new EditRefusal('The text holds something else than plain data.');
  return value;
}

function isDocumentValue(value: unknown): value is DocumentValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true;
  return typeof value === 'object' && Object.values(value).every(isDocumentValue);
}

function valueAt(value: DocumentValue, path: DocumentPath): DocumentValue | undefined {
  let current: DocumentValue | undefined = value;
  for (const part of path) {
    if (current === undefined) return undefined;
    if (isList(current)) current = typeof part === 'number' ? current[part] : undefined;
    else if (isMapping(current)) current = Object.hasOwn(current, part) ? current[part] : undefined;
    else return undefined;
  }
  return current;
}

function setValue(value: DocumentValue, path: DocumentPath, to: DocumentValue): DocumentValue {
  const [part, ...rest] = path;
  if (part === undefined) return to;
  if (typeof part === 'number' && isList(value)) {
    return part < value.length
      ? value.map((item, index) => (index === part ? setValue(item, rest, to) : item))
      : [...value, setValue(null, rest, to)];
  }
  if (typeof part === 'number') return [setValue(null, rest, to)];
  const map = isMapping(value) ? value : {};
  return { ...map, [part]: setValue(Object.hasOwn(map, part) ? (map[part] ?? null) : null, rest, to) };
}

function removeValue(value: DocumentValue, path: DocumentPath): DocumentValue {
  const [part, ...rest] = path;
  if (isList(value)) {
    if (rest.length === 0) return value.filter((_, index) => index !== part);
    return value.map((item, index) => (index === part ? removeValue(item, rest) : item));
  }
  if (!isMapping(value) || part === undefined) return value;
  const entries = Object.entries(value);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== part));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, key === part ? removeValue(item, rest) : item]),
  );
}
