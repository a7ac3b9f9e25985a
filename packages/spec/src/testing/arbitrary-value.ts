import fc from 'fast-check';
import { z } from 'zod';

/** Texts that YAML, regular expressions or people could take for something else. */
const HOSTILE = [
  'true',
  'NO',
  '1',
  '0x1F',
  '1e3',
  '.inf',
  'null',
  '~',
  ': ',
  'a: b',
  '# x',
  'a #b',
  '- x',
  '* star',
  '&anchor',
  '!tag',
  '%TAG',
  '@at',
  '`tick`',
  '{ a }',
  '[a]',
  "it's",
  '"q"',
  'back\\slash',
  'tab\there',
  'line\nbreak',
  'return\r\n',
  '\u2028',
  '\u0085',
  '\ufeffbom',
  'ключ',
  '表',
  '🚲',
  ' leading',
  'trailing ',
  '<<',
  '=',
  '---',
  '...',
  '$${kept}',
];

const text = fc.oneof(
  fc.constantFrom('id', 'status', 'total', 'orders'),
  fc.constantFrom(...HOSTILE),
  fc.string({ maxLength: 12 }).filter((each) => each !== '__proto__'),
);
const number = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer(),
  fc.integer().map((each) => each / 8),
);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/**
 * Values that a schema accepts, made from the schema alone: a new key of the language is tried without a word here. What
 * a refinement refuses gives way to an example of the schema; `known` are those of what it stands in.
 */
export function arbitraryValue(schema: unknown, known: readonly unknown[] = []): fc.Arbitrary<unknown> {
  if (!(schema instanceof z.ZodType)) throw new TypeError('A schema of the language is a Zod type.');
  const examples = [...examplesOf(schema), ...known];
  if (schema instanceof z.ZodOptional) return arbitraryValue(schema.unwrap(), examples);
  const made = shaped(schema, examples);
  // What is made of values that fit and has no rule of its own fits: to prove it again at each level takes minutes.
  const isSimple = schema instanceof z.ZodString || schema instanceof z.ZodNumber;
  if (!isSimple && (schema.def.checks ?? []).length === 0) return made;
  return made.map((value) => {
    const fit = [value, ...examples, 'x', 1].find((each) => schema.safeParse(each).success);
    if (fit === undefined)
      throw new TypeError(`A schema without an example refuses ${JSON.stringify(value)}.`);
    return fit;
  });
}

function shaped(schema: z.ZodType, examples: readonly unknown[]): fc.Arbitrary<unknown> {
  const maps = examples.flatMap((each) => (typeof each === 'object' && each !== null ? [each] : []));
  if (schema instanceof z.ZodObject)
    return schema.meta()?.['maxProperties'] === 1
      ? oneKeyOf(schema.shape)
      : keysOf(schema.shape, (key) => maps.map((each) => Reflect.get(each, key)));
  if (schema instanceof z.ZodArray)
    return fc.array(arbitraryValue(schema.element, examples.flat()), { maxLength: 3 });
  if (schema instanceof z.ZodTuple) return fc.tuple(...schema.def.items.map((item) => arbitraryValue(item)));
  if (schema instanceof z.ZodRecord) {
    const key = arbitraryValue(schema.keyType, maps.flatMap(Object.keys));
    const value = arbitraryValue(schema.valueType, maps.flatMap(Object.values));
    return fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
  }
  if (schema instanceof z.ZodUnion)
    return fc.oneof(...schema.options.map((option) => arbitraryValue(option, examples)));
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return number;
  if (schema instanceof z.ZodString) return fc.oneof(text, ...examples.map((each) => fc.constant(each)));
  return scalar;
}

function keysOf(
  shape: Readonly<Record<string, unknown>>,
  examplesOfKey: (key: string) => readonly unknown[],
): fc.Arbitrary<unknown> {
  const keys = Object.keys(shape);
  const values = keys.map((key) => [key, arbitraryValue(shape[key], examplesOfKey(key))] as const);
  return fc.record(Object.fromEntries(values), {
    requiredKeys: keys.filter((key) => !(shape[key] instanceof z.ZodOptional)),
  });
}

function oneKeyOf(shape: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  return fc.oneof(
    ...Object.entries(shape).map(([key, schema]) =>
      arbitraryValue(schema).map((value) => ({ [key]: value })),
    ),
  );
}

function examplesOf(schema: z.ZodType): readonly unknown[] {
  const examples = schema.meta()?.['examples'];
  return Array.isArray(examples) ? examples : [];
}
