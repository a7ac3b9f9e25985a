import { z } from 'zod';

import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import { formatPath, type DocumentPath, type Locate } from '../diagnostic/source-range.ts';
import { entriesOf, recordOf } from '../entries-of.ts';
import { schemaAt } from '../schema/schema-at.ts';
import { parameterLiteral } from './parameter-literal.ts';
import {
  formatParameterReference,
  parseParameterReferences,
  type ParameterReference,
} from './parameter-reference.ts';
import type { ResolvedParameter } from './resolve-parameters.ts';
import { sqlPlaces, type SqlPlace } from './sql-places.ts';
import type { SubstitutedText, TextPiece } from './substituted-text.ts';

export interface Substituted {
  /** The data with values in place of references. */
  readonly value: unknown;
  readonly texts: readonly SubstitutedText[];
  /** Parameters that something refers to. */
  readonly used: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Keys at the top that a document is known by, or that declare what there is. */
const FIXED: ReadonlySet<string> = new Set(['version', 'name', 'parameters']);

/**
 * Puts the values of parameters in place of `${param:NAME}`. In SQL a value is a literal of its type; a text that is
 * nothing but a reference is a value of its type where the schema does not ask for text; elsewhere it is part of the text.
 */
export function substituteParameters(
  root: unknown,
  schema: z.ZodType,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  locate: Locate,
): Substituted {
  const substitution = new Substitution(root, schema, parameters, locate);
  const value = substitution.visit(root, []);
  const { texts, used, diagnostics } = substitution;
  return { value, texts, used, diagnostics };
}

class Substitution {
  readonly texts: SubstitutedText[] = [];
  readonly used = new Set<string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #root: unknown;
  readonly #schema: z.ZodType;
  readonly #parameters: ReadonlyMap<string, ResolvedParameter>;
  readonly #locate: Locate;

  constructor(
    root: unknown,
    schema: z.ZodType,
    parameters: ReadonlyMap<string, ResolvedParameter>,
    locate: Locate,
  ) {
    this.#root = root;
    this.#schema = schema;
    this.#parameters = parameters;
    this.#locate = locate;
  }

  /** What holds no reference stays the same object, so that what is known of it still holds. */
  visit(value: unknown, path: DocumentPath): unknown {
    if (typeof value === 'string') return value.includes('${param:') ? this.#text(value, path) : value;
    if (Array.isArray(value)) {
      const items = value.map((item: unknown, index) => this.visit(item, [...path, index]));
      return areSame(items, value) ? value : items;
    }
    if (!isRecord(value)) return value;
    const entries = entriesOf(value);
    const visited = entries.map((entry) => {
      const [key, item] = entry;
      const inserted = path.length === 0 && FIXED.has(key) ? item : this.visit(item, [...path, key]);
      return inserted === item ? entry : ([key, inserted] as const);
    });
    return areSame(visited, entries) ? value : recordOf(visited);
  }

  #text(text: string, path: DocumentPath): unknown {
    const schema = schemaAt(this.#schema, this.#root, path);
    // In code `${…}` belongs to its language.
    if (isMarked(schema, 'code')) return text;
    const references = parseParameterReferences(text);
    const isSql = isMarked(schema, 'sql');
    const places = isSql ? placesOf(references, text) : [];
    const pieces: TextPiece[] = [];
    const standIns: string[] = [];
    for (const [index, { name, start, end }] of references.entries()) {
      const span = { from: start, to: end };
      if (name === undefined) {
        pieces.push({ ...span, text: '${param:' });
        continue;
      }
      const parameter = this.#parameters.get(name);
      const isClosed = text.endsWith('}', end);
      if (parameter === undefined || !isClosed) {
        this.#reportUnknown(name, path, span, isClosed);
        continue;
      }
      this.used.add(name);
      if (places[index] === 'comment') continue;
      if (places[index] === 'quoted') {
        const params = { name, reference: formatParameterReference(name) };
        const range = this.#locate(path, span);
        this.diagnostics.push(diagnose('parameterInQuotes', params, { path, range }));
        continue;
      }
      if (parameter.origin === 'standIn' && !isSql) standIns.push(name);
      const [only] = references;
      if (!isSql && references.length === 1 && only?.start === 0 && only.end === text.length) {
        const value = isText(schema) ? parameter.text : plainValue(parameter);
        this.texts.push({ path, written: text, pieces: [{ ...span, text: parameter.text }], standIns });
        return value;
      }
      pieces.push({
        ...span,
        text: isSql ? parameterLiteral(parameter.type, parameter.text) : parameter.text,
      });
    }
    this.texts.push({ path, written: text, pieces, standIns });
    let result = '';
    let at = 0;
    for (const { from, to, text: value } of pieces) {
      result += text.slice(at, from) + value;
      at = to;
    }
    return result + text.slice(at);
  }

  #reportUnknown(
    name: string,
    path: DocumentPath,
    span: { readonly from: number; readonly to: number },
    isClosed: boolean,
  ): void {
    const place = { path, range: this.#locate(path, span) };
    if (!isClosed) {
      const reason = 'has ${param: without a closing brace; write $${param: for that text itself';
      this.diagnostics.push(diagnose('valueInvalid', { key: formatPath(path), reason }, place));
      return;
    }
    const known = [...this.#parameters.keys()];
    this.diagnostics.push(
      diagnose('parameterUnknown', { name, nearest: nearestNames(name, known), known }, place),
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.every((item, index) => item === right[index]);
}

/** Texts that become part of a statement are marked in the language. */
function isMarked(schema: unknown, mark: 'sql' | 'code'): boolean {
  return schema instanceof z.ZodType && schema.meta()?.[mark] === true;
}

function isText(schema: unknown): boolean {
  return schema instanceof z.ZodString;
}

/** What YAML would have read, had the value stood there. */
function plainValue({ type, text }: ResolvedParameter): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  if (type !== 'integer' && type !== 'number') return text;
  const number = Number(text);
  return String(number) === text ? number : text;
}

/** Where references stand in the SQL that is made of a text: `$${param:` in it loses its first character. */
function placesOf(references: readonly ParameterReference[], text: string): readonly SqlPlace[] {
  const offsets: number[] = [];
  let sql = '';
  let at = 0;
  for (const { name, start, end } of references) {
    sql += text.slice(at, start);
    offsets.push(sql.length);
    sql += text.slice(name === undefined ? start + 1 : start, end);
    at = end;
  }
  return sqlPlaces(sql + text.slice(at), offsets);
}
