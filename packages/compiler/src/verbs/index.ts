import type { TransformVerbName } from '@millrace/spec';

import type { TransformVerb } from '../transform/transform-verb.ts';
import { aggregate } from './aggregate/verb.ts';
import { derive } from './derive/verb.ts';
import { filter } from './filter/verb.ts';
import { join } from './join/verb.ts';
import { select } from './select/verb.ts';
import { sql } from './sql/verb.ts';
import { union } from './union/verb.ts';

/** The meaning of each verb of the language that transforms. */
export const TRANSFORM_VERBS: { readonly [Name in TransformVerbName]: TransformVerb<Name> } = {
  select,
  filter,
  derive,
  aggregate,
  join,
  union,
  sql,
};
