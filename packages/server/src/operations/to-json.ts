/** JSON of an operation's output. Integers beyond what JSON's readers hold exactly become text; what JSON has no form for is a defect. */
export function toJson(output: unknown): string {
  return JSON.stringify(output, (key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Map || value instanceof Set)
      throw new TypeError(
        `An operation answered with ${value.constructor.name} in "${key}", which JSON cannot hold.`,
      );
    return value;
  });
}
