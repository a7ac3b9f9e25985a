import type { TransformVerbName } from '@millrace/spec';

import type { TransformVerb } from '../transform/transform-verb.ts';
import { aggregate } from './aggregate/verb.ts';
import { clean } from './clean/verb.ts';
import { convert } from './convert/verb.ts';
import { derive } from './derive/verb.ts';
import { filter } from './filter/verb.ts';
import { join } from './join/verb.ts';
import { lookup } from './lookup/verb.ts';
import { select } from './select/verb.ts';
import { split } from './split/verb.ts';
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
  convert,
  clean,
  lookup,
  split,
  sql,
};
