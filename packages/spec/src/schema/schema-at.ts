import { z } from 'zod';

import type { DocumentPath } from '../diagnostic/source-range.ts';

/** The schema without what only says that a value may be absent. */
function unwrap(schema: unknown): unknown {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodNullable ||
    current instanceof z.ZodDefault
  ) {
    current = current.unwrap();
  }
  return current;
}

/** The keys that an object schema allows at the place of a value; empty for other schemas. */
export function allowedKeys(schema: unknown, root: unknown, path: DocumentPath): readonly string[] {
  const found = schemaAt(schema, root, path);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema that applies to the value at a path, alternatives chosen by the value. */
export function schemaAt(schema: unknown, root: unknown, path: DocumentPath): unknown {
  let current = chooseOption(unwrap(schema), root);
  let value = root;
  for (const part of path) {
    value = childOf(value, part);
    current = chooseOption(unwrap(childSchema(current, part)), value);
  }
  return current;
}

function childSchema(schema: unknown, part: string | number): unknown {
  if (schema instanceof z.ZodObject)
    return Object.hasOwn(schema.shape, part) ? schema.shape[part] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

export function childOf(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(String(part));
}

export function valueAt(root: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>(childOf, root);
}

function chooseOption(schema: unknown, value: unknown): unknown {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options[bestOption(schema.options, value)];
}

/**
 * The alternative that a value was most likely meant for: the one that knows the most of its keys, where a key whose
 * literal differs counts against it.
 */
export function bestOption(options: readonly unknown[], value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const wanted = Array.isArray(value) ? z.ZodArray : typeof value === 'string' ? z.ZodString : undefined;
    return wanted === undefined
      ? 0
      : Math.max(
          0,
          options.findIndex((option) => unwrap(option) instanceof wanted),
        );
  }
  const entries = Object.entries(value);
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  options.forEach((option, index) => {
    const schema = unwrap(option);
    // A map of any names fits, but less than one that knows a name.
    let score = schema instanceof z.ZodRecord ? 0.5 : 0;
    if (!(schema instanceof z.ZodObject) && score === 0) return;
    for (const [key, item] of entries) {
      const child =
        schema instanceof z.ZodObject && Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
      if (child === undefined) continue;
      score += unwrap(child) instanceof z.ZodLiteral ? (child.safeParse(item).success ? 100 : -100) : 1;
    }
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  });
  return best;
}

/** The alternatives of the union at a path; empty when there is none. */
export function unionOptions(schema: unknown, root: unknown, path: DocumentPath): readonly unknown[] {
  const parent = schemaAt(schema, root, path.slice(0, -1));
  const last = path.at(-1);
  const found = last === undefined ? unwrap(schema) : unwrap(childSchema(parent, last));
  return found instanceof z.ZodUnion ? found.options : [];
}
