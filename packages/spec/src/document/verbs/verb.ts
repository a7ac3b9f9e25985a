import type { z } from 'zod';

/**
 * Where the settings of a verb name steps that it reads from: keys from the settings down, `*` for each item of a list
 * or each value of a map. `['from']`, `['and', '*', 'right']`.
 */
export type InputSlot = readonly string[];

/** `load` moves tables between systems; `transform` makes rows of rows; `template` stands for steps that do. */
export type VerbKind = 'load' | 'transform' | 'template';

/** What a step can do. One file per verb; `VERBS` lists them. */
export interface Verb<Name extends string, Kind extends VerbKind, Schema extends z.ZodObject> {
  /** The key of the step that holds the verb's settings. */
  readonly name: Name;
  readonly kind: Kind;
  /** The whole step: the verb's settings and what may stand beside them. */
  readonly schema: Schema;
  /** The places that name its inputs; `connect` sets the first. */
  readonly inputs: readonly InputSlot[];
  /**
   * Places that name outputs other steps can read as `step.output`: the keys of a map, or a text. The step by its name
   * alone can be read too unless `isReadable` is false.
   */
  readonly outputs?: readonly InputSlot[];
  /** True when other steps can read from it by its name. */
  readonly isReadable: boolean;
  /** True when it makes tables. */
  readonly writes: boolean;
}

export function defineVerb<
  const Name extends string,
  const Kind extends VerbKind,
  Schema extends z.ZodObject,
>(verb: Verb<Name, Kind, Schema>): Verb<Name, Kind, Schema> {
  return Object.freeze(verb);
}
