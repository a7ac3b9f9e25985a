import type { LoadTask } from '@millrace/compiler';
import { formatLogicalType } from '@millrace/spec';

import type { OpenDestination } from '../run/open-destination.ts';
import type { RejectPredicate } from '../stage/row-sieve.ts';

/** What tells the rows of a task that the destination cannot keep, so that they are staged in quarantine. */
export function refusedValues(task: LoadTask, destination: OpenDestination): readonly RejectPredicate[] {
  return task.columns.flatMap(({ field }) => {
    const predicate = destination.rejects(field.type);
    if (predicate === undefined) return [];
    const reason = `${destination.title} cannot keep this ${formatLogicalType(field.type)}`;
    return [{ column: field.name, predicate, reason }];
  });
}
