import { compileGlob, type DocumentPath, type Field } from '@millrace/spec';

import { isSameName } from './columns.ts';
import type { BuildContext, InputRelation } from './transform-verb.ts';

/** The fields of a list of names; undefined when one is not there, which is reported. */
export function namedFields(
  names: readonly string[],
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): readonly Field[] | undefined {
  const fields = names.map((name, index) => context.column(name, [...path, index], input));
  return fields.every((field) => field !== undefined) ? [...new Set(fields)] : undefined;
}

/**
 * The fields that a list of globs selects, in the order of the input; those that select none are reported.
 * Undefined when one is a name that is not there.
 */
export function matchingFields(
  globs: readonly string[],
  path: DocumentPath,
  input: InputRelation,
  context: BuildContext,
): ReadonlySet<Field> | undefined {
  const selected = new Set<Field>();
  let isSound = true;
  globs.forEach((glob, index) => {
    const isMatch = compileGlob(glob.toLowerCase());
    const found = input.fields.filter(({ name }) => isMatch(name.toLowerCase()) || isSameName(name, glob));
    for (const field of found) selected.add(field);
    if (found.length > 0) return;
    const at = [...path, index];
    if (glob.includes('*')) context.report('columnsNoneMatch', { table: input.ref, pattern: glob }, at);
    else {
      isSound = false;
      context.column(glob, at, input);
    }
  });
  return isSound ? new Set(input.fields.filter((field) => selected.has(field))) : undefined;
}
