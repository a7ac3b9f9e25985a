import { detectNumberType, detectTextType, type DetectedType } from '../csv/detect-types.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseString, scanObject, type JsonKind } from './object-scanner.ts';

const MAX_OBJECTS = 5_000;

interface Seen {
  readonly kinds: Set<JsonKind>;
  readonly texts: string[];
}

/** Columns of sampled objects in the order they were first seen. Lines that are not objects are no evidence. */
export function detectColumns(bytes: Buffer, isWhole: boolean): ReadonlyMap<string, DetectedType> {
  const lines = new LineSplitter();
  lines.append(bytes);
  const columns = new Map<string, Seen>();
  for (let objects = 0; objects < MAX_OBJECTS && lines.next(isWhole); objects += 1) {
    const members = scanObject(lines.bytes, lines.start, lines.end);
    if (typeof members === 'string') continue;
    for (const member of members) {
      const seen = columns.get(member.name) ?? { kinds: new Set<JsonKind>(), texts: [] };
      columns.set(member.name, seen);
      if (member.kind === 'null') continue;
      seen.kinds.add(member.kind);
      if (member.kind === 'number') seen.texts.push(textOf(lines, member.start, member.end));
      else if (member.kind === 'string')
        seen.texts.push(parseString(lines.bytes, member.start - 1, member.end + 1) ?? '');
    }
  }
  return new Map([...columns].map(([name, seen]) => [name, typeOf(seen)]));
}

function textOf(lines: LineSplitter, start: number, end: number): string {
  return Buffer.from(lines.bytes.buffer, lines.bytes.byteOffset + start, end - start).toString('latin1');
}

function typeOf({ kinds, texts }: Seen): DetectedType {
  const [only] = kinds;
  if (kinds.size === 1 && only === 'boolean') return { type: { kind: 'boolean' } };
  if (kinds.size === 1 && only === 'number')
    return (
      detectNumberType(texts) ?? {
        type: { kind: 'json' },
        mapping: 'Numbers of more digits than a double holds, kept as their JSON text.',
      }
    );
  if (kinds.size === 1 && only === 'string') return detectStringType(texts);
  if (kinds.size === 0) return { type: { kind: 'json' }, mapping: 'Only nulls were sampled.' };
  return { type: { kind: 'json' } };
}

/** A number in quotes was meant as a text. */
function detectStringType(texts: readonly string[]): DetectedType {
  const detected = detectTextType(texts);
  const isNumber = ['integer', 'decimal', 'float', 'boolean'].includes(detected.type.kind);
  return isNumber ? { type: { kind: 'string' } } : detected;
}
