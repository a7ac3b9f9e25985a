import { sha256Hex } from '../fingerprint/sha256.ts';

export interface IdentifierLimits {
  readonly maxBytes: number;
  readonly isCaseSensitive: boolean;
}

export interface NamedIdentifier {
  readonly name: string;
  /** Why it is not the original; undefined when it is. */
  readonly reason: string | undefined;
}

const SUFFIX_DIGITS = 8;

/**
 * Gives each name one that the destination can hold and that no other has. The rule, which the same names always
 * follow the same way:
 * - A name stays as it is when it fits and nobody else has it.
 * - Of names that the destination cannot tell apart (case twins), the one in lower case keeps its name, else the first
 *   in the given order.
 * - Every other one, and a name with more bytes than the destination allows, is cut at a character to make room for
 *   `_` and the first 8 hexadecimal digits of the SHA-256 of the original name.
 * Names that are `taken` already stay with whoever has them.
 */
export function nameIdentifiers(
  names: readonly string[],
  limits: IdentifierLimits,
  taken: readonly string[] = [],
): readonly NamedIdentifier[] {
  const fold = (name: string): string => (limits.isCaseSensitive ? name : name.toLowerCase());
  const owners = new Map<string, number>();
  names.forEach((name, index) => {
    const folded = fold(name);
    const owner = owners.get(folded);
    const ownerName = owner === undefined ? undefined : names[owner];
    if (ownerName === undefined || (name === folded && ownerName !== folded)) owners.set(folded, index);
  });
  const used = new Map(taken.map((name) => [fold(name), name]));
  const kept = names.map(
    (name, index) =>
      owners.get(fold(name)) === index && !used.has(fold(name)) && byteLength(name) <= limits.maxBytes,
  );
  names.forEach((name, index) => {
    if (kept[index]) used.set(fold(name), name);
  });
  return names.map((name, index) => {
    if (kept[index]) return { name, reason: undefined };
    const isTooLong = byteLength(name) > limits.maxBytes;
    const owner = used.get(fold(name)) ?? name;
    const reason = isTooLong
      ? `the destination allows ${limits.maxBytes} bytes and the name has ${byteLength(name)}`
      : owner === name
        ? 'another one has the same name'
        : `the destination cannot tell it from ${owner}`;
    const hash = sha256Hex(name);
    for (let digits = SUFFIX_DIGITS; ; digits += SUFFIX_DIGITS) {
      const suffix = `_${hash.slice(0, digits)}${digits > hash.length ? `_${index}` : ''}`;
      const candidate = `${cutBytes(name, limits.maxBytes - suffix.length)}${suffix}`;
      if (used.has(fold(candidate))) continue;
      used.set(fold(candidate), candidate);
      return { name: candidate, reason };
    }
  });
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** The longest start of the text that has at most so many bytes in UTF-8 and ends between characters. */
function cutBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) break;
    cut += character;
  }
  return cut;
}
