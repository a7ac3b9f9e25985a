import { z } from 'zod';

import type { DocumentPath } from '../diagnostic/source-range.ts';
import { parseStepReference } from './step-reference.ts';
import { aggregateVerb } from './verbs/aggregate.ts';
import { cleanVerb } from './verbs/clean.ts';
import { codeVerb } from './verbs/code.ts';
import { convertVerb } from './verbs/convert.ts';
import { dedupeVerb } from './verbs/dedupe.ts';
import { deriveVerb } from './verbs/derive.ts';
import { destinationVerb } from './verbs/destination.ts';
import { fillVerb } from './verbs/fill.ts';
import { filterVerb } from './verbs/filter.ts';
import { flattenVerb } from './verbs/flatten.ts';
import { joinVerb } from './verbs/join.ts';
import { limitVerb } from './verbs/limit.ts';
import { lookupVerb } from './verbs/lookup.ts';
import { maskVerb } from './verbs/mask.ts';
import { pivotVerb } from './verbs/pivot.ts';
import { replicateVerb } from './verbs/replicate.ts';
import { sampleVerb } from './verbs/sample.ts';
import { selectVerb } from './verbs/select.ts';
import { sortVerb } from './verbs/sort.ts';
import { sourceVerb } from './verbs/source.ts';
import { splitVerb } from './verbs/split.ts';
import { sqlVerb } from './verbs/sql.ts';
import { templateVerb } from './verbs/template.ts';
import { unionVerb } from './verbs/union.ts';
import { unpivotVerb } from './verbs/unpivot.ts';
import type { InputSlot } from './verbs/verb.ts';
import { windowVerb } from './verbs/window.ts';

/** Every verb of the language. A new one is a file in `verbs/` and a line here and in `stepSchema`. */
export const VERBS = [
  sourceVerb,
  destinationVerb,
  replicateVerb,
  selectVerb,
  filterVerb,
  deriveVerb,
  aggregateVerb,
  joinVerb,
  unionVerb,
  convertVerb,
  cleanVerb,
  lookupVerb,
  splitVerb,
  dedupeVerb,
  sortVerb,
  limitVerb,
  sampleVerb,
  windowVerb,
  fillVerb,
  unpivotVerb,
  pivotVerb,
  flattenVerb,
  maskVerb,
  sqlVerb,
  codeVerb,
  templateVerb,
] as const;

export type VerbName = (typeof VERBS)[number]['name'];
export type TransformVerbName = Extract<(typeof VERBS)[number], { readonly kind: 'transform' }>['name'];

/** Exactly one verb, and what may stand beside it. The order is that of `VERBS`. */
export const stepSchema = z.union([
  sourceVerb.schema,
  destinationVerb.schema,
  replicateVerb.schema,
  selectVerb.schema,
  filterVerb.schema,
  deriveVerb.schema,
  aggregateVerb.schema,
  joinVerb.schema,
  unionVerb.schema,
  convertVerb.schema,
  cleanVerb.schema,
  lookupVerb.schema,
  splitVerb.schema,
  dedupeVerb.schema,
  sortVerb.schema,
  limitVerb.schema,
  sampleVerb.schema,
  windowVerb.schema,
  fillVerb.schema,
  unpivotVerb.schema,
  pivotVerb.schema,
  flattenVerb.schema,
  maskVerb.schema,
  sqlVerb.schema,
  codeVerb.schema,
  templateVerb.schema,
]);

export type Step = z.infer<typeof stepSchema>;
export type SourceStep = z.infer<typeof sourceVerb.schema>;
export type DestinationStep = z.infer<typeof destinationVerb.schema>;
export type ReplicateStep = z.infer<typeof replicateVerb.schema>;
export type TemplateStep = z.infer<typeof templateVerb.schema>;
/** A step that makes rows of rows. */
export type TransformStep = Exclude<Step, SourceStep | DestinationStep | ReplicateStep | TemplateStep>;

const VERBS_BY_NAME: ReadonlyMap<string, (typeof VERBS)[number]> = new Map(
  VERBS.map((verb) => [verb.name, verb]),
);

/** The verb of a name; undefined for a word that is none. */
export function verbNamed(name: string): (typeof VERBS)[number] | undefined {
  return VERBS_BY_NAME.get(name);
}

/** The verb of a step. */
export function stepVerb(step: Step): (typeof VERBS)[number] {
  // A parsed step has no keys but its own.
  for (const key in step) {
    const verb = VERBS_BY_NAME.get(key);
    if (verb !== undefined) return verb;
  }
  throw new TypeError('A parsed step has one of the verbs.');
}

/** A place of a step that names another one. */
export interface StepInput {
  /** Below the step, the verb included: `['join', 'left']`. */
  readonly path: DocumentPath;
  /** As written: a step, or `step.output`. */
  readonly from: string;
  /** The step that is meant. */
  readonly step: string;
}

/** Steps are never changed, and asked for what they read again and again. */
const inputsOfSteps = new WeakMap<Step, readonly StepInput[]>();

/** Where steps of each verb name others. */
const slotsOfVerbs: ReadonlyMap<object, readonly InputSlot[]> = new Map(
  VERBS.map((verb) => [verb, verb.inputs.map((slot) => [verb.name, ...slot])]),
);

/** The steps that a step reads from, in the order of the verb's slots. */
export function stepInputs(step: Step): readonly StepInput[] {
  const known = inputsOfSteps.get(step);
  if (known !== undefined) return known;
  const inputs: StepInput[] = [];
  for (const slot of slotsOfVerbs.get(stepVerb(step)) ?? []) {
    for (const { path, value } of valuesAt(step, slot))
      if (typeof value === 'string') inputs.push({ path, from: value, step: parseStepReference(value).step });
  }
  inputsOfSteps.set(step, inputs);
  return inputs;
}

/** Names of outputs that are read as `step.output`. */
export function stepOutputs(step: Step): readonly string[] {
  const verb = stepVerb(step);
  if (!('outputs' in verb)) return [];
  return verb.outputs.flatMap((slot: InputSlot) =>
    valuesAt(step, [verb.name, ...slot]).flatMap(({ value }) =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.keys(value)
          : [],
    ),
  );
}

/** The values at the places of a pattern, in which `*` stands for each item or value. */
export function valuesAt(
  root: unknown,
  pattern: readonly string[],
): readonly { readonly path: DocumentPath; readonly value: unknown }[] {
  const every = pattern.indexOf('*');
  const plain = every < 0 ? pattern : pattern.slice(0, every);
  let at = root;
  for (const part of plain) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return [];
    at = Object(at)[part];
  }
  if (every < 0) return [{ path: plain, value: at }];
  let found: { path: DocumentPath; value: unknown }[] = [{ path: plain, value: at }];
  for (const part of pattern.slice(every)) {
    found = found.flatMap(({ path, value }) => {
      if (typeof value !== 'object' || value === null) return [];
      if (part !== '*')
        return Object.hasOwn(value, part)
          ? [{ path: [...path, part], value: Object(value)[part] as unknown }]
          : [];
      if (Array.isArray(value))
        return value.map((item: unknown, index) => ({ path: [...path, index], value: item }));
      return Object.entries(value).map(([key, item]) => ({ path: [...path, key], value: item }));
    });
  }
  return found;
}
