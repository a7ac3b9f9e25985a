import type { DocumentPath } from '../diagnostic/source-range.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/**
 * Replaces only what differs between two texts at a path, so that a long text keeps its quotes, folds and lines. The caller proves the result; undefined
 * where the text is written in a way that this cannot follow.
 */
export function replaceInText(
  text: string,
  path: DocumentPath,
  before: string,
  after: string,
): string | undefined {
  const { locate } = readYaml(text, '');
  const from = sharedLength(before, after);
  const shared = Math.min(before.length, after.length) - from;
  const tail = Math.min(shared, sharedLength(reversed(before), reversed(after)));
  const whole = locate(path);
  const { start, end } = locate(path, { from, to: before.length - tail });
  // A span that cannot be told is the whole value, with its quotes or its anchor.
  if (start.offset === whole.start.offset && end.offset === whole.end.offset) return undefined;
  const inserted = encode(after.slice(from, after.length - tail), text[whole.start.offset]);
  return text.slice(0, start.offset) + inserted + text.slice(end.offset);
}

function encode(inserted: string, style: string | undefined): string {
  if (style === "'") return inserted.replaceAll("'", "''");
  return style === '"' ? JSON.stringify(inserted).slice(1, -1) : inserted;
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && length < right.length && left[length] === right[length]) length += 1;
  return length;
}

function reversed(text: string): string {
  return text.split('').toReversed().join('');
}
