import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';

import type { DiagnosticCode, DiagnosticParams } from '../diagnostic/catalogue.ts';
import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { DocumentPath, Locate, SourceRange, TextSpan } from '../diagnostic/source-range.ts';
import { alignScalar, type ScalarStyle } from './align-scalar.ts';

/** Limits on what a document may cost to read; far above what a person writes. */
export const DOCUMENT_LIMITS = { characters: 4 * 1024 * 1024, depth: 64, aliases: 50 } as const;

/** One mistake can make every line after it wrong; nobody reads more than these. */
const MAX_SYNTAX_ERRORS = 20;

/** How the library reports that nesting exhausted its recursion. */
const STACK_OVERFLOW = 'Maximum call stack';

/** Keys that mean something else to JavaScript than to a person. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['__proto__']);

export interface ReadYaml {
  /** Plain data; undefined when the text cannot be read at all. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  readonly locate: Locate;
}

/** Where a value stands, and its children. */
interface Place {
  readonly key: readonly [number, number] | undefined;
  readonly value: readonly [number, number];
  readonly children: Map<string | number, Place>;
  /** The text that stands there, when it is one. */
  readonly scalar?: { readonly style: ScalarStyle; readonly text: string };
}

/** Reads YAML with the library, in one go. `aliases`: how many stand in it. Never throws. */
export function readYamlWhole(text: string, file: string): ReadYaml & { readonly aliases: number } {
  return new YamlReader(text, file).read();
}

class YamlReader {
  readonly #text: string;
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #diagnostics: Diagnostic[] = [];
  #aliases = 0;
  #isTooDeep = false;
  #root: Place = { key: undefined, value: [0, 0], children: new Map() };

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): ReadYaml & { readonly aliases: number } {
    const value = this.#readAll();
    return {
      value,
      aliases: this.#aliases,
      diagnostics: this.#diagnostics,
      locate: (path, part = 'value') => this.#locate(path, part),
    };
  }

  #readAll(): unknown {
    const { characters, depth } = DOCUMENT_LIMITS;
    if (this.#text.length > characters) {
      this.#report('documentTooLarge', { characters: this.#text.length, limit: characters }, [], [0, 0]);
      return undefined;
    }
    // The library's own check of duplicate keys is quadratic in the keys of a map; ours is in #readMap.
    const parsed = parseAllDocuments(this.#text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: this.#lines,
    });
    const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
    const [document, next] = documents;
    if (document === undefined) return null;
    if (next !== undefined) this.#report('severalDocuments', {}, [], [next.range[0], next.range[0]]);
    const unquoted = document.errors.find(({ pos }) => this.#text.startsWith('${', pos[0] - 1));
    if (unquoted !== undefined) {
      // YAML takes the brace for a map of its own, and everything after it is wrong, too.
      const start = unquoted.pos[0] - 1;
      const text = this.#text.slice(start).match(/^[^}\n]{0,200}\}?/)?.[0] ?? '';
      this.#report('referenceUnquoted', { text }, [], [start, start + text.length]);
      return undefined;
    }
    for (const error of document.errors.slice(0, MAX_SYNTAX_ERRORS)) {
      if (error.message.startsWith(STACK_OVERFLOW))
        this.#report('documentTooDeep', { limit: depth }, [], error.pos);
      else this.#report('yamlSyntax', { reason: asSentence(error.message) }, [], error.pos);
    }
    for (const warning of document.warnings) {
      // Unknown tags come as warnings; #readNode refuses every tag, with its name.
      if (warning.code !== 'TAG_RESOLVE_FAILED') {
        this.#report('yamlSyntax', { reason: asSentence(warning.message) }, [], warning.pos);
      }
    }
    if (document.errors.length > 0) return undefined;
    return this.#readNode(document.contents, document, [], this.#root, 1);
  }

  #readNode(node: Node | null, document: Document, path: DocumentPath, place: Place, depth: number): unknown {
    if (node === null) return null;
    if (isAlias(node)) return this.#readAlias(node, document, path, place, depth);
    if (node.tag !== undefined && !isPlainTag(node.tag))
      this.#report('tagRefused', { tag: node.tag }, path, rangeOf(node));
    if (depth > DOCUMENT_LIMITS.depth) {
      if (!this.#isTooDeep)
        this.#report('documentTooDeep', { limit: DOCUMENT_LIMITS.depth }, path, rangeOf(node));
      this.#isTooDeep = true;
      return null;
    }
    if (isMap(node)) return this.#readMap(node, document, path, place, depth);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const child = isNode(item) ? item : null;
        const childPlace = placeOf(undefined, child, rangeOf(node));
        place.children.set(index, childPlace);
        return this.#readNode(child, document, [...path, index], childPlace, depth + 1);
      });
    }
    if (!isScalar(node)) return null;
    if (typeof node.value === 'number') this.#checkNumber(node.value, node.source, path, rangeOf(node));
    return node.value;
  }

  #readMap(node: YAMLMap, document: Document, path: DocumentPath, place: Place, depth: number): unknown {
    const value: Record<string, unknown> = {};
    const firstLines = new Map<string, number>();
    for (const pair of node.items) {
      const keyNode = isNode(pair.key) ? pair.key : null;
      const keyRange = keyNode === null ? rangeOf(node) : rangeOf(keyNode);
      const key =
        keyNode !== null && isScalar(keyNode) ? scalarKey(keyNode.value, keyNode.source) : undefined;
      if (key === undefined) {
        this.#report('keyNotText', {}, path, keyRange);
        continue;
      }
      if (RESERVED_KEYS.has(key)) {
        this.#report('keyReserved', { key }, path, keyRange);
        continue;
      }
      const firstLine = firstLines.get(key);
      if (firstLine !== undefined) {
        this.#report('keyDuplicate', { key, firstLine }, [...path, key], keyRange);
        continue;
      }
      firstLines.set(key, this.#lines.linePos(keyRange[0]).line);
      const child = isNode(pair.value) ? pair.value : null;
      const childPlace = placeOf(keyRange, child, keyRange);
      place.children.set(key, childPlace);
      value[key] = this.#readNode(child, document, [...path, key], childPlace, depth + 1);
    }
    return value;
  }

  #readAlias(alias: Alias, document: Document, path: DocumentPath, place: Place, depth: number): unknown {
    this.#aliases += 1;
    if (this.#aliases > DOCUMENT_LIMITS.aliases) {
      if (this.#aliases === DOCUMENT_LIMITS.aliases + 1) {
        this.#report('aliasesTooMany', { limit: DOCUMENT_LIMITS.aliases }, path, rangeOf(alias));
      }
      return null;
    }
    const target = alias.resolve(document);
    if (target === undefined) {
      this.#report('aliasUnknown', { name: alias.source }, path, rangeOf(alias));
      return null;
    }
    // An anchor inside itself never ends; the depth limit stops it.
    return this.#readNode(target, document, path, place, depth + 1);
  }

  #checkNumber(
    value: number,
    source: string | undefined,
    path: DocumentPath,
    range: readonly [number, number],
  ): void {
    const text = source ?? String(value);
    const digits = significantDigits(text);
    const isExact = Number.isInteger(value)
      ? Number.isSafeInteger(value)
      : Number.isFinite(value) && (digits.length <= 15 || digits === significantDigits(String(value)));
    if (!isExact) this.#report('numberInexact', { text }, path, range);
  }

  #locate(path: DocumentPath, part: 'key' | 'value' | TextSpan): SourceRange {
    let place = this.#root;
    let isFound = true;
    for (const step of path) {
      const child = place.children.get(step);
      if (child === undefined) {
        isFound = false;
        break;
      }
      place = child;
    }
    if (isFound && typeof part === 'object') return this.#range(this.#spanIn(place, part) ?? place.value);
    return this.#range((part === 'key' || !isFound) && place.key !== undefined ? place.key : place.value);
  }

  #spanIn({ scalar, value }: Place, { from, to }: TextSpan): readonly [number, number] | undefined {
    if (scalar === undefined) return undefined;
    const [start, end] = value;
    const places = alignScalar(this.#text.slice(start, end), scalar.style, scalar.text);
    const [first, last] = [places?.[from], places?.[Math.max(from, to)]];
    return first === undefined || last === undefined ? undefined : [start + first, start + last];
  }

  #report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    path: DocumentPath,
    range: readonly [number, number],
  ): void {
    this.#diagnostics.push(diagnose(code, params, { path, range: this.#range(range) }));
  }

  #range(range: readonly [number, number]): SourceRange {
    const [start, end] = range.map((offset) => {
      const { line, col } = this.#lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col), offset };
    });
    const from = start ?? { line: 1, column: 1, offset: 0 };
    return { file: this.#file, start: from, end: end ?? from };
  }
}

function isNode(value: unknown): value is Node {
  return isAlias(value) || isScalar(value) || isCollection(value);
}

function rangeOf(node: Node): readonly [number, number] {
  return node.range ? [node.range[0], node.range[1]] : [0, 0];
}

function placeOf(
  key: readonly [number, number] | undefined,
  node: Node | null,
  otherwise: readonly [number, number],
): Place {
  const place = { key, value: node === null ? otherwise : rangeOf(node), children: new Map() };
  const style = isScalar(node) && node.type != null ? SCALAR_STYLES[node.type] : undefined;
  if (!isScalar(node) || style === undefined) return place;
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return { ...place, scalar: { style, text } };
}

const SCALAR_STYLES: Readonly<Record<Scalar.Type, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/** Tags that say what the text says anyway. */
function isPlainTag(tag: string): boolean {
  return tag === '!';
}

/** Numbers and booleans are keys by their text: `1: x` is the key `1`. */
function scalarKey(value: unknown, source: string | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return source ?? String(value);
  return undefined;
}

function significantDigits(text: string): string {
  return text
    .replace(/e.*$/i, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
