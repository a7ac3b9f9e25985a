/** A value that stands elsewhere: `${env:NAME}`, `${secret:NAME}`. `start` and `end` are offsets in the text. */
export interface ValueReference {
  readonly scheme: 'env' | 'secret';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface ParsedReferences {
  readonly references: readonly ValueReference[];
  /** Texts that look like a reference and are not one, with the reason. */
  readonly problems: readonly { readonly text: string; readonly reason: string }[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Finds the references in a text. `$${` stands for a plain `${`. Resolving them is not this package's business: the
 * control plane does it, and never before the value is needed.
 */
export function parseValueReferences(text: string): ParsedReferences {
  const references: ValueReference[] = [];
  const problems: { text: string; reason: string }[] = [];
  let index = text.indexOf('${');
  while (index !== -1) {
    if (index > 0 && text[index - 1] === '$') {
      index = text.indexOf('${', index + 2);
      continue;
    }
    const close = text.indexOf('}', index);
    if (close === -1) {
      problems.push({ text: text.slice(index, index + 40), reason: 'it has no closing brace' });
      break;
    }
    const body = text.slice(index + 2, close);
    const colon = body.indexOf(':');
    const scheme = body.slice(0, colon === -1 ? body.length : colon);
    const name = colon === -1 ? '' : body.slice(colon + 1);
    const whole = text.slice(index, close + 1);
    if (scheme !== 'env' && scheme !== 'secret') {
      problems.push({ text: whole, reason: 'only env and secret can be referred to' });
    } else if (!NAME.test(name)) {
      problems.push({
        text: whole,
        reason: 'the name after the colon is missing or has other characters than letters, digits, _ . -',
      });
    } else {
      references.push({ scheme, name, start: index, end: close + 1 });
    }
    index = text.indexOf('${', close + 1);
  }
  return { references, problems };
}
