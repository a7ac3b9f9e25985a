/** Texts of outputs that never change again, for as long as the outputs are kept. */
const texts = new WeakMap<object, string>();

/**
 * JSON of an operation's output. Integers beyond what JSON's readers hold exactly become text, and a Map, which would
 * vanish, is a defect. Only answers that need it are gone through value by value, which takes ten times as long.
 */
export function toJson(output: unknown): string {
  const isObject = typeof output === 'object' && output !== null;
  const kept = isObject ? texts.get(output) : undefined;
  if (kept !== undefined) return kept;
  for (const value of [output, ...(isObject ? Object.values(output) : [])])
    if (value instanceof Map || value instanceof Set)
      throw new TypeError(`An operation answered with a ${value.constructor.name}, which JSON cannot hold.`);
  try {
    return JSON.stringify(output);
  } catch (error) {
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) throw error;
    return JSON.stringify(output, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
  }
}

/** Writes an output that nobody changes any more once for all who ask for it; the length of its text. */
export function keepJson(output: object): number {
  const text = toJson(output);
  texts.set(output, text);
  return text.length;
}
