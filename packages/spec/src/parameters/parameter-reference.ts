/** `${param:NAME}` in a text; `start` and `end` are offsets in it. */
export interface ParameterReference {
  /** Undefined for `$${param:`, which stands for the plain text `${param:`. */
  readonly name: string | undefined;
  readonly start: number;
  readonly end: number;
}

const OPENING = '${param:';

/** The references of a text. One without a closing brace reaches to the end. */
export function parseParameterReferences(text: string): readonly ParameterReference[] {
  const references: ParameterReference[] = [];
  for (let at = text.indexOf(OPENING); at !== -1;) {
    const isPlain = at > 0 && text[at - 1] === '$';
    if (isPlain) {
      const end = at + OPENING.length;
      references.push({ name: undefined, start: at - 1, end });
      at = text.indexOf(OPENING, end);
      continue;
    }
    const close = text.indexOf('}', at);
    const end = close === -1 ? text.length : close + 1;
    references.push({ name: text.slice(at + OPENING.length, close === -1 ? end : close), start: at, end });
    at = text.indexOf(OPENING, end);
  }
  return references;
}

export function formatParameterReference(name: string): string {
  return `${OPENING}${name}}`;
}
