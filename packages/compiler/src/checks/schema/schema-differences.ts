import { formatLogicalType, type Field } from '@millrace/spec';

/** How fields differ from what is expected of them, in words; empty when they do not. */
export function schemaDifferences(
  expected: readonly { readonly name: string; readonly type: string | null }[],
  refusesOthers: boolean,
  fields: readonly Field[],
): readonly string[] {
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const differences = expected.flatMap(({ name, type }) => {
    const field = byName.get(name.toLowerCase());
    if (field === undefined) return [`${name} is missing`];
    const actual = formatLogicalType(field.type);
    return type === null || type === actual ? [] : [`${name} is ${actual}, not ${type}`];
  });
  if (!refusesOthers) return differences;
  const listed = new Set(expected.map(({ name }) => name.toLowerCase()));
  const others = fields.filter(({ name }) => !listed.has(name.toLowerCase()));
  return [...differences, ...others.map(({ name }) => `${name} is not listed`)];
}
