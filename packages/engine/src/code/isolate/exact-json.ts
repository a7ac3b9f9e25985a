type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

// TypeScript's own declarations do not know the source text of a value yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as JSON & { readonly rawJSON: (text: string) => unknown };

/** As `JSON.parse`, but a whole number that a JavaScript number does not hold exactly becomes a bigint. */
export function parseJson(text: string): unknown {
  return parse(text, (_, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

/** As `JSON.stringify`, with a bigint as its digits. */
export function stringifyJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? rawJSON(String(part)) : part,
  );
}
