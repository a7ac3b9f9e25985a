import { recordOf } from '../entries-of.ts';
import { locatePieces } from './locate-pieces.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readYamlWhole, type ReadYaml } from './read-yaml-whole.ts';
import type { ReadDocument, ReadPiece, YamlKeys, YamlMemory } from './yaml-memory.ts';
import { cutYaml, recutYaml, type YamlPiece } from './yaml-pieces.ts';

const FIRST_IS_INDENTED = /^(?: *(?:#[^\n]*)?\n)* +[^ \n#]/;
/** Such as the comments above the first key or step. */
const HAS_NO_KEY = /^(?: *(?:#[^\n]*)?\n)* *(?:#[^\n]*)?$/;

/** Braces hold a whole value: what stands beside it is a mistake, which shows when both are read together. */
const MAY_BE_BRACED = /^(?: *(?:#[^\n]*)?\n)* *[{!&]/;

/** Of a document's beginning or end, or a directive. */
const HAS_MARKER = /^(?:---|\.\.\.|%)/m;

/**
 * Reads a document piece by piece: pieces that the memory knows are not read again, and give the same objects.
 * Undefined when it holds something that must be seen whole, such as a mistake or an anchor.
 */
export function readPieces(text: string, file: string, memory: YamlMemory): ReadYaml | undefined {
  const read = readChanged(text, memory.last) ?? readAll(text, memory.last);
  if (read === undefined) return undefined;
  memory.last = read;
  return { value: read.value, diagnostics: [], locate: locatePieces(text, file, read.pieces) };
}

function readChanged(text: string, before: ReadDocument): ReadDocument | undefined {
  const recut = recutYaml(text, before);
  if (recut === undefined) return undefined;
  const { front, changed, back } = recut;
  if (changed.length === 0 && front.length + back.length === before.pieces.length) return before;
  const read = readEach(changed, true, () => undefined);
  return read && join([...front, ...read, ...back], before.indent);
}

function readAll(text: string, before: ReadDocument): ReadDocument | undefined {
  // What begins further right goes on as long as it is indented, over what looks like the beginning of a piece.
  if (FIRST_IS_INDENTED.test(text) || HAS_MARKER.test(text)) return undefined;
  const known = new Map(before.pieces.map(({ text: piece, keys }) => [piece, keys]));
  const { pieces, indent } = cutYaml(text);
  const read = readEach(pieces, pieces.length > 1, (piece) => known.get(piece));
  return read && join(read, indent);
}

/** `isPart`: there is more of the document than these pieces, or more than one of them. */
function readEach(
  pieces: readonly YamlPiece[],
  isPart: boolean,
  recall: (text: string) => YamlKeys | undefined,
): readonly ReadPiece[] | undefined {
  const read: ReadPiece[] = [];
  for (const { text, kind } of pieces) {
    if (isPart && MAY_BE_BRACED.test(text)) return undefined;
    const keys = kind === 'steps' ? [] : (recall(text) ?? readPiece(text));
    if (keys === undefined) return undefined;
    read.push({ text, kind, keys });
  }
  return read;
}

/** Undefined when a key is there twice, or none at all. */
function join(pieces: readonly ReadPiece[], indent: number): ReadDocument | undefined {
  const entries: (readonly [string, unknown])[] = [];
  const steps = recordOf(pieces.flatMap(({ kind, keys }) => (kind === 'step' ? keys : [])));
  for (const { kind, keys } of pieces) {
    if (kind === 'steps') entries.push(['steps', steps]);
    else if (kind === 'key') entries.push(...keys);
  }
  const value = recordOf(entries);
  if (value === undefined || steps === undefined || entries.length === 0) return undefined;
  return { pieces, indent, value };
}

/** The keys of a piece, one unless the whole document stands in braces. */
function readPiece(text: string): YamlKeys | undefined {
  if (HAS_NO_KEY.test(text)) return [];
  const plain = readPlainYaml(text);
  if (plain !== undefined) return keysOf(plain.value);
  const { value, diagnostics, aliases } = readYamlWhole(text, '');
  return diagnostics.length > 0 || aliases > 0 ? undefined : keysOf(value);
}

function keysOf(value: unknown): YamlKeys | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined;
}
