import type { DocumentPath, Locate, SourceRange } from '../diagnostic/source-range.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readYamlWhole, type ReadYaml } from './read-yaml-whole.ts';
import type { YamlKeys, YamlMemory } from './yaml-memory.ts';
import { cutYaml, type YamlPiece } from './yaml-pieces.ts';

const FIRST_IS_INDENTED = /^(?: *(?:#[^\n]*)?\n)* +[^ \n#]/;

/** Of a document's beginning or end, or a directive. */
const HAS_MARKER = /^(?:---|\.\.\.|%)/m;

/**
 * Reads a document piece by piece: pieces that the memory knows are not read again, and give the same objects.
 * Undefined when it holds something that must be seen whole, such as a mistake or an anchor.
 */
export function readPieces(text: string, file: string, memory: YamlMemory): ReadYaml | undefined {
  // What begins further right goes on as long as it is indented, over what looks like the beginning of a piece.
  if (FIRST_IS_INDENTED.test(text) || HAS_MARKER.test(text)) return undefined;
  const value: Record<string, unknown> = {};
  const steps: Record<string, unknown> = {};
  const found: [YamlPiece, YamlKeys][] = [];
  const reading = memory.begin();
  for (const piece of cutYaml(text)) {
    if (piece.kind === 'steps') {
      if (Object.hasOwn(value, 'steps')) return undefined;
      value['steps'] = steps;
      continue;
    }
    const read = reading.recall(piece.text, () => readPiece(piece.text));
    if (read === undefined) return undefined;
    found.push([piece, read]);
    const into = piece.kind === 'step' ? steps : value;
    for (const [key, item] of read) {
      if (Object.hasOwn(into, key)) return undefined;
      into[key] = item;
    }
  }
  reading.end();
  return { value, diagnostics: [], locate: locateIn(text, file, found) };
}

/** The keys of a piece, one unless the whole document stands in braces. */
function readPiece(text: string): YamlKeys | undefined {
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

/** Positions are asked for where something is wrong; only then the library reads the piece that is meant. */
function locateIn(text: string, file: string, found: readonly (readonly [YamlPiece, YamlKeys])[]): Locate {
  const located = new Map<YamlPiece | 'whole', Locate>();
  const locateWith = (piece: YamlPiece | 'whole'): Locate => {
    const known = located.get(piece);
    if (known !== undefined) return known;
    const { locate } = readYamlWhole(piece === 'whole' ? text : piece.text, file);
    located.set(piece, locate);
    return locate;
  };
  let places: Places | undefined;
  let lines: ReadonlyMap<YamlPiece, number> | undefined;
  return (path, part = 'value') => {
    places ??= placesOf(found);
    const [piece, below] = pieceOf(path, places);
    if (piece === undefined) return locateWith('whole')(path, part);
    lines ??= linesBefore(
      text,
      found.map(([each]) => each),
    );
    return shift(locateWith(piece)(below, part), piece.offset, lines.get(piece) ?? 0);
  };
}

/** How many lines stand before each piece; the pieces are in the order of the text. */
function linesBefore(text: string, pieces: Iterable<YamlPiece>): ReadonlyMap<YamlPiece, number> {
  const before = new Map<YamlPiece, number>();
  let lines = 0;
  let at = text.indexOf('\n');
  for (const piece of pieces) {
    for (; at >= 0 && at < piece.offset; at = text.indexOf('\n', at + 1)) lines += 1;
    before.set(piece, lines);
  }
  return before;
}

interface Places {
  readonly keys: ReadonlyMap<string, YamlPiece>;
  readonly steps: ReadonlyMap<string, YamlPiece>;
}

function placesOf(found: readonly (readonly [YamlPiece, YamlKeys])[]): Places {
  const [keys, steps] = [new Map<string, YamlPiece>(), new Map<string, YamlPiece>()];
  for (const [piece, read] of found)
    for (const [key] of read) (piece.kind === 'step' ? steps : keys).set(key, piece);
  return { keys, steps };
}

function pieceOf(
  path: DocumentPath,
  { keys, steps }: Places,
): readonly [YamlPiece | undefined, DocumentPath] {
  const [first, second] = path;
  if (first === 'steps' && typeof second === 'string') {
    const step = steps.get(second);
    if (step !== undefined) return [step, path.slice(1)];
  }
  return [typeof first === 'string' ? keys.get(first) : undefined, path];
}

function shift(range: SourceRange, offset: number, lines: number): SourceRange {
  const { file, start, end } = range;
  const move = (at: SourceRange['start']) => ({
    line: at.line + lines,
    column: at.column,
    offset: at.offset + offset,
  });
  return { file, start: move(start), end: move(end) };
}
