import type { TransformVerbName } from '@millrace/spec';

import type { TransformVerb } from '../transform/transform-verb.ts';
import { aggregate } from './aggregate/verb.ts';
import { clean } from './clean/verb.ts';
import { code } from './code/verb.ts';
import { convert } from './convert/verb.ts';
import { dedupe } from './dedupe/verb.ts';
import { derive } from './derive/verb.ts';
import { fill } from './fill/verb.ts';
import { filter } from './filter/verb.ts';
import { flatten } from './flatten/verb.ts';
import { join } from './join/verb.ts';
import { limit } from './limit/verb.ts';
import { lookup } from './lookup/verb.ts';
import { mask } from './mask/verb.ts';
import { pivot } from './pivot/verb.ts';
import { sample } from './sample/verb.ts';
import { select } from './select/verb.ts';
import { sort } from './sort/verb.ts';
import { split } from './split/verb.ts';
import { sql } from './sql/verb.ts';
import { union } from './union/verb.ts';
import { unpivot } from './unpivot/verb.ts';
import { window } from './window/verb.ts';

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
  dedupe,
  sort,
  limit,
  sample,
  window,
  fill,
  unpivot,
  pivot,
  flatten,
  mask,
  sql,
  code,
};
