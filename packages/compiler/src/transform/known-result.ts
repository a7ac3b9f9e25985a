import type { Field } from '@millrace/spec';

import { resultColumn } from './result-columns.ts';
import type { Expression, ResultColumn } from './transform-verb.ts';

/** The columns of a SELECT of these under their names; undefined when the type of one is not known. */
export function resultOf(
  columns: readonly { readonly name: string; readonly value: Field | Expression }[],
): readonly ResultColumn[] | undefined {
  const result = columns.flatMap(({ name, value }) => {
    if (!('parsed' in value)) return [value.name === name ? value : { name, type: value.type }];
    return (value.described && resultColumn({ ...value.described, name })) ?? [];
  });
  return result.length === columns.length ? result : undefined;
}
