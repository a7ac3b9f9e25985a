import type { Field, LogicalType } from '@millrace/spec';
import { formatLogicalType } from '@millrace/spec';

import type { CheckContext } from './check-compiler.ts';

type Kind = LogicalType['kind'];

export const NUMBERS: readonly Kind[] = ['integer', 'decimal', 'float'];
export const ORDERED: readonly Kind[] = [...NUMBERS, 'date', 'time', 'timestamp'];
export const TEXTS: readonly Kind[] = ['string', 'json'];

/** The column when its type is one of the kinds; undefined when it is not, or not there, which is reported. */
export function columnOfKind(
  name: string,
  kinds: readonly Kind[],
  expected: string,
  context: CheckContext,
  check: string,
  path: readonly (string | number)[] = ['column'],
): Field | undefined {
  const field = context.column(name, path);
  if (field === undefined || kinds.includes(field.type.kind)) return field;
  context.report(
    'checkColumnUnfit',
    { check, column: `${context.relation.ref}.${name}`, type: formatLogicalType(field.type), expected },
    path,
  );
  return undefined;
}
