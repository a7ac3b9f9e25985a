import type { DocumentPath, Locate, SourceRange } from '../diagnostic/source-range.ts';
import { readYamlWhole } from './read-yaml-whole.ts';
import type { ReadPiece } from './yaml-memory.ts';

/** Positions are asked for where something is wrong; only then the library reads the piece that is meant. */
export function locatePieces(text: string, file: string, pieces: readonly ReadPiece[]): Locate {
  const located = new Map<ReadPiece | 'whole', Locate>();
  const locateWith = (piece: ReadPiece | 'whole'): Locate => {
    const known = located.get(piece);
    if (known !== undefined) return known;
    const { locate } = readYamlWhole(piece === 'whole' ? text : piece.text, file);
    located.set(piece, locate);
    return locate;
  };
  let places: Places | undefined;
  return (path, part = 'value') => {
    places ??= placesOf(text, pieces);
    const [place, below] = placeOf(path, places);
    if (place === undefined) return locateWith('whole')(path, part);
    return shift(locateWith(place.piece)(below, part), place);
  };
}

interface Place {
  readonly piece: ReadPiece;
  /** Where it begins in the document. */
  readonly offset: number;
  readonly linesBefore: number;
}

/** The places of the keys of the document, and of its steps. */
interface Places {
  readonly keys: ReadonlyMap<string, Place>;
  readonly steps: ReadonlyMap<string, Place>;
}

function placesOf(text: string, pieces: readonly ReadPiece[]): Places {
  const [keys, steps] = [new Map<string, Place>(), new Map<string, Place>()];
  let offset = 0;
  let linesBefore = 0;
  let at = text.indexOf('\n');
  for (const piece of pieces) {
    for (; at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) linesBefore += 1;
    for (const [key] of piece.keys)
      (piece.kind === 'step' ? steps : keys).set(key, { piece, offset, linesBefore });
    offset += piece.text.length;
  }
  return { keys, steps };
}

function placeOf(path: DocumentPath, { keys, steps }: Places): readonly [Place | undefined, DocumentPath] {
  const [first, second] = path;
  if (first === 'steps' && typeof second === 'string') {
    const step = steps.get(second);
    if (step !== undefined) return [step, path.slice(1)];
  }
  return [typeof first === 'string' ? keys.get(first) : undefined, path];
}

function shift({ file, start, end }: SourceRange, { offset, linesBefore }: Place): SourceRange {
  const move = (at: SourceRange['start']) => ({
    line: at.line + linesBefore,
    column: at.column,
    offset: at.offset + offset,
  });
  return { file, start: move(start), end: move(end) };
}
