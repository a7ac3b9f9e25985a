import type { z } from 'zod';

/**
 * What a check judges. `rows`: each row by itself, so that failing ones can be set aside. `count`: failing rows can be
 * counted, not set aside. `dataset`: the rows as a whole.
 */
export type CheckScope = 'rows' | 'count' | 'dataset';

/** What can be said about the rows of a step. One file per check; `CHECKS` lists them. */
export interface Check<Name extends string, Schema extends z.ZodObject> {
  /** The key of the list item that holds the check's settings. */
  readonly name: Name;
  readonly scope: CheckScope;
  /** What follows a failure when the document does not say. */
  readonly onFailure: 'warn' | 'stop';
  /** The check's own settings, then the options of its scope. */
  readonly schema: Schema;
}

export function defineCheck<const Name extends string, Schema extends z.ZodObject>(
  check: Check<Name, Schema>,
): Check<Name, Schema> {
  return Object.freeze(check);
}
