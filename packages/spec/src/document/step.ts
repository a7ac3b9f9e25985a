import { z } from 'zod';

import { destinationVerb } from './verbs/destination.ts';
import { replicateVerb } from './verbs/replicate.ts';
import { sourceVerb } from './verbs/source.ts';

/** Every verb of the language. A new one is a file in `verbs/` and a line here and in `stepSchema`. */
export const VERBS = [sourceVerb, destinationVerb, replicateVerb] as const;

export type VerbName = (typeof VERBS)[number]['name'];

/** Exactly one verb, and what may stand beside it. The order is that of `VERBS`. */
export const stepSchema = z.union([sourceVerb.schema, destinationVerb.schema, replicateVerb.schema]);

export type Step = z.infer<typeof stepSchema>;
export type SourceStep = z.infer<typeof sourceVerb.schema>;
export type DestinationStep = z.infer<typeof destinationVerb.schema>;
export type ReplicateStep = z.infer<typeof replicateVerb.schema>;

/** The verb of a step. */
export function stepVerb(step: Step): (typeof VERBS)[number] {
  for (const verb of VERBS) if (verb.name in step) return verb;
  throw new TypeError('A parsed step has one of the verbs.');
}

/** The steps that a step reads from, with the key of the verb's settings that names each. */
export function stepInputs(step: Step): readonly { readonly key: string; readonly from: string }[] {
  const verb = stepVerb(step);
  const settings = new Map<string, unknown>(Object.entries(step)).get(verb.name);
  if (typeof settings !== 'object' || settings === null) return [];
  const values = new Map<string, unknown>(Object.entries(settings));
  return verb.inputs.flatMap((key) => {
    const from = values.get(key);
    return typeof from === 'string' ? [{ key, from }] : [];
  });
}
