import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

import type { DocumentPath } from '../diagnostic/source-range.ts';
import type { DocumentValue } from './edit.ts';
import { isList, isMapping, renderText, renderValue } from './render-value.ts';

/** Why an edit could not be made, for people. */
export class EditRefusal extends Error {
  override readonly name = 'EditRefusal';
}

/**
 * Changes of one place of a YAML text by splicing: every byte outside of that place stays as it is. Each returns the
 * new text or throws `EditRefusal`; the caller proves that the new text says what was meant.
 */
export function setInText(text: string, path: DocumentPath, value: DocumentValue): string {
  const document = parse(text);
  const root = document.contents;
  if (root === null)
    return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${mapItem(String(path[0]), nest(path.slice(1), value), 0, '\n')}\n`;
  let node: Node = root;
  for (const [index, part] of path.entries()) {
    const child = childNode(node, part);
    if (child === undefined) return insert(text, node, part, nest(path.slice(index + 1), value));
    if (child === null) throw new EditRefusal(`${String(part)} has no place in the text.`);
    node = child;
  }
  return replace(text, node, value);
}

/** Takes the key or list item at the path away. */
export function removeInText(text: string, path: DocumentPath): string {
  const { parent, index } = find(text, path);
  const ranges = itemRanges(parent);
  const item = ranges[index];
  if (item === undefined) throw new EditRefusal('There is nothing at this place.');
  const next = ranges[index + 1];
  const previous = ranges[index - 1];
  if (next === undefined && previous === undefined) return replace(text, parent, isMap(parent) ? {} : []);
  if (parent.flow === true) {
    if (next !== undefined) return splice(text, item.start, next.start, '');
    return splice(text, previous?.end ?? item.start, item.end, '');
  }
  const lineStart = text.lastIndexOf('\n', item.start - 1) + 1;
  // In `- a: 1` the key shares its line with the mark of the list.
  const sharesLine =
    text
      .slice(lineStart, item.start)
      .replace(/-\s*$/, isSeq(parent) ? '' : '-')
      .trim() !== '';
  if (sharesLine && next !== undefined) return splice(text, item.start, next.start, '');
  if (sharesLine) throw new EditRefusal('The last key of a list item cannot be cut out alone.');
  return splice(text, lineStart, endOfLine(text, item.end), '');
}

/** Gives the key at the path another name. */
export function renameInText(text: string, path: DocumentPath, to: string): string {
  const { parent, index } = find(text, path);
  const key = isMap(parent) ? parent.items[index]?.key : undefined;
  if (!isScalar(key) || !key.range) throw new EditRefusal('Only keys can be renamed.');
  return splice(text, key.range[0], key.range[1], renderText(to));
}

function parse(text: string): Document.Parsed {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (document.errors.length > 0) throw new EditRefusal('The text is not valid YAML; repair it first.');
  return document;
}

function find(text: string, path: DocumentPath): { parent: YAMLMap | YAMLSeq; index: number } {
  let node: Node | null = parse(text).contents;
  for (const part of path.slice(0, -1)) node = node === null ? null : (childNode(node, part) ?? null);
  const last = path.at(-1);
  if (node === null || last === undefined) throw new EditRefusal('There is nothing at this place.');
  if (isAlias(node)) throw new EditRefusal('The value stands elsewhere, behind an alias; edit it there.');
  if (isMap(node)) {
    const index = node.items.findIndex(({ key }) => keyText(key) === String(last));
    if (index !== -1) return { parent: node, index };
  } else if (isSeq(node) && typeof last === 'number' && last < node.items.length) {
    return { parent: node, index: last };
  }
  throw new EditRefusal('There is nothing at this place.');
}

/** The node at a key; undefined when the key does not exist, null when its value has no node. */
function childNode(node: Node, part: string | number): Node | null | undefined {
  if (isAlias(node)) throw new EditRefusal('The value stands elsewhere, behind an alias; edit it there.');
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => keyText(key) === String(part));
    if (pair === undefined) return undefined;
    return isNode(pair.value) ? pair.value : null;
  }
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part];
    return part < node.items.length ? (isNode(item) ? item : null) : undefined;
  }
  return undefined;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key)
    ? typeof key.value === 'string'
      ? key.value
      : (key.source ?? String(key.value))
    : undefined;
}

function isNode(value: unknown): value is Node {
  return isAlias(value) || isScalar(value) || isCollection(value);
}

function rangeOf(node: Node): readonly [number, number] {
  if (!node.range) throw new EditRefusal('The node has no place in the text.');
  return [node.range[0], node.range[1]];
}

function replace(text: string, node: Node, value: DocumentValue): string {
  if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined) {
    throw new EditRefusal('A value with an anchor, an alias or a tag cannot be replaced.');
  }
  const [start, end] = rangeOf(node);
  const rendered = renderValue(value);
  const before = text.slice(0, start).trimEnd();
  // `key:` without a value has its place at the end of whatever follows; the value belongs after the colon.
  if (start === end && before.endsWith(':'))
    return splice(text, before.length, before.length, ` ${rendered}`);
  const isBlock = isCollection(node) && node.flow !== true;
  const from = isBlock && before.endsWith(':') ? before.length : start;
  const tail = text.slice(from, end).match(/\s*$/)?.[0] ?? '';
  return splice(
    text,
    from,
    end,
    `${from === before.length && before.endsWith(':') ? ' ' : ''}${rendered}${start === end ? '' : tail}`,
  );
}

function insert(text: string, parent: Node, part: string | number, value: DocumentValue): string {
  if (isScalar(parent) && parent.value === null) {
    return replace(text, parent, typeof part === 'number' ? [value] : { [part]: value });
  }
  if (isAlias(parent)) throw new EditRefusal('The value stands elsewhere, behind an alias; edit it there.');
  if (!isMap(parent) && !isSeq(parent)) throw new EditRefusal('A plain value has no keys.');
  if (isSeq(parent) && part !== parent.items.length) throw new EditRefusal('A list grows at its end only.');
  const item = isMap(parent) ? `${renderText(String(part))}: ${renderValue(value)}` : renderValue(value);
  const ranges = itemRanges(parent);
  const [first] = ranges;
  const last = ranges.at(-1);
  const [start] = rangeOf(parent);
  if (first === undefined || last === undefined) {
    const block = isMap(parent) && isMapping(value) && holdsMaps(value);
    const asBlock = block ? firstOfBlock(text, rangeOf(parent), String(part), value) : undefined;
    if (asBlock !== undefined) return asBlock;
    return splice(text, start, rangeOf(parent)[1], isMap(parent) ? `{ ${item} }` : `[${item}]`);
  }
  if (parent.flow === true) return splice(text, last.end, last.end, `, ${item}`);
  const lineStart = text.lastIndexOf('\n', first.start - 1) + 1;
  const mark = isSeq(parent) ? '- ' : '';
  const column = isSeq(parent)
    ? text.slice(lineStart, first.start).lastIndexOf('-')
    : first.start - lineStart;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${' '.repeat(column)}${mark}${isMap(parent) ? mapItem(String(part), value, column, eol) : item}`;
  const end = endOfLine(text, last.end);
  const needsBreak = end > 0 && text[end - 1] !== '\n';
  return splice(text, end, end, needsBreak ? `${eol}${line}` : `${line}${eol}`);
}

/** Maps of maps are easier to read as a block: a step with its verb. */
function holdsMaps(value: { readonly [key: string]: DocumentValue }): boolean {
  return Object.values(value).some((item) => isMapping(item) && Object.keys(item).length > 0);
}

/** A key with its value, as a block when it holds maps. */
function mapItem(key: string, value: DocumentValue, column: number, eol: string): string {
  if (!isMapping(value) || !holdsMaps(value)) return `${renderText(key)}: ${renderValue(value)}`;
  const indent = ' '.repeat(column + 2);
  const lines = Object.entries(value).map(
    ([name, item]) =>
      `${indent}${key === 'steps' && column === 0 ? mapItem(name, item, 2, eol) : `${renderText(name)}: ${renderValue(item)}`}`,
  );
  return [`${renderText(key)}:`, ...lines].join(eol);
}

/** `steps: {}` with its first step: a block in place of the braces; undefined where the map stands within a line. */
function firstOfBlock(
  text: string,
  [start, end]: readonly [number, number],
  key: string,
  value: DocumentValue,
): string | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = /^( *)[^\s:]+:( +)$/.exec(text.slice(lineStart, start));
  const lineEnd = text.indexOf('\n', end);
  const rest = text.slice(end, lineEnd < 0 ? text.length : lineEnd);
  if (before === null || !/^\s*(?:#.*)?$/.test(rest)) return undefined;
  const column = (before[1]?.length ?? 0) + 2;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const item = mapItem(key, value, column, eol);
  const head = text.slice(0, start - (before[2]?.length ?? 0));
  const comment = rest.trimEnd() === '' ? '' : ` ${rest.trim()}`;
  return `${head}${comment}${eol}${' '.repeat(column)}${item}${lineEnd < 0 ? eol : text.slice(lineEnd - (rest.endsWith('\r') ? 1 : 0))}`;
}

function nest(path: DocumentPath, value: DocumentValue): DocumentValue {
  return path.reduceRight<DocumentValue>(
    (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
    value,
  );
}

/** Where each item starts and ends, its key and its value together. */
function itemRanges(parent: YAMLMap | YAMLSeq): readonly { start: number; end: number }[] {
  const nodes = isMap(parent)
    ? parent.items.map(({ key, value }) => [key, value] as const)
    : parent.items.map((item) => [item, item] as const);
  return nodes.map(([from, to]) => {
    if (!isNode(from)) throw new EditRefusal('An item has no place in the text.');
    const [start, endOfKey] = rangeOf(from);
    return { start, end: isNode(to) ? Math.max(endOfKey, rangeOf(to)[1]) : endOfKey };
  });
}

function endOfLine(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const next = text.indexOf('\n', offset);
  return next === -1 ? text.length : next + 1;
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** The same value, whatever the order of its keys. */
export function isSameValue(left: DocumentValue, right: DocumentValue): boolean {
  if (isList(left)) {
    return (
      isList(right) &&
      left.length === right.length &&
      left.every((item, index) => isSameValue(item, right[index] ?? null))
    );
  }
  if (!isMapping(left)) return left === right;
  if (!isMapping(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameValue(left[key] ?? null, right[key] ?? null));
}
