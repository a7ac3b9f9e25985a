import type { z } from 'zod';

/** What a step can do. One file per verb; `VERBS` lists them. */
export interface Verb<Name extends string, Schema extends z.ZodObject> {
  /** The key of the step that holds the verb's settings. */
  readonly name: Name;
  /** The whole step: the verb's settings and what may stand beside them. */
  readonly schema: Schema;
  /** Keys of the settings that name the steps it reads from. */
  readonly inputs: readonly string[];
  /** True when other steps can read from it. */
  readonly isReadable: boolean;
  /** True when it makes tables. */
  readonly writes: boolean;
}

export function defineVerb<const Name extends string, Schema extends z.ZodObject>(
  verb: Verb<Name, Schema>,
): Verb<Name, Schema> {
  return Object.freeze(verb);
}
