import type { CheckName } from '@millrace/spec';

import { accepted } from './accepted/check.ts';
import type { CheckCompiler } from './check-compiler.ts';
import { distribution } from './distribution/check.ts';
import { expression } from './expression/check.ts';
import { freshness } from './freshness/check.ts';
import { length } from './length/check.ts';
import { notNull } from './not-null/check.ts';
import { pattern } from './pattern/check.ts';
import { range } from './range/check.ts';
import { relationship } from './relationship/check.ts';
import { rowCount } from './row-count/check.ts';
import { schema } from './schema/check.ts';
import { sql } from './sql/check.ts';
import { sumEquals } from './sum-equals/check.ts';
import { type } from './type/check.ts';
import { unique } from './unique/check.ts';
import { volume } from './volume/check.ts';

/** The meaning of every check of the language. */
export const CHECK_COMPILERS: { readonly [Name in CheckName]: CheckCompiler<Name> } = {
  notNull,
  unique,
  accepted,
  range,
  length,
  pattern,
  type,
  relationship,
  freshness,
  rowCount,
  volume,
  distribution,
  schema,
  expression,
  sumEquals,
  sql,
};
