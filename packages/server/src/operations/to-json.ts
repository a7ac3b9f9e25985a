/**
 * JSON of an operation's output. Integers beyond what JSON's readers hold exactly become text, and a Map, which would
 * vanish, is a defect. Only answers that need it are gone through value by value, which takes ten times as long.
 */
export function toJson(output: unknown): string {
  const values: readonly unknown[] =
    typeof output === 'object' && output !== null ? Object.values(output) : [];
  for (const value of [output, ...values])
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
