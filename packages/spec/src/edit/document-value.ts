import type { DocumentPath } from '../diagnostic/source-range.ts';
import type { DocumentValue } from './edit.ts';
import { isList, isMapping } from './render-value.ts';

export function isDocumentValue(value: unknown): value is DocumentValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true;
  return typeof value === 'object' && Object.values(value).every(isDocumentValue);
}

export function valueAt(value: DocumentValue, path: DocumentPath): DocumentValue | undefined {
  let current: DocumentValue | undefined = value;
  for (const part of path) {
    if (current === undefined) return undefined;
    if (isList(current)) current = typeof part === 'number' ? current[part] : undefined;
    else if (isMapping(current)) current = Object.hasOwn(current, part) ? current[part] : undefined;
    else return undefined;
  }
  return current;
}

export function setValue(value: DocumentValue, path: DocumentPath, to: DocumentValue): DocumentValue {
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

export function removeValue(value: DocumentValue, path: DocumentPath): DocumentValue {
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
