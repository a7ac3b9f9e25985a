import type { Edit } from '@millrace/spec';

import { LANDING, type Contract, type LoadTask } from '../plan.ts';

/** The edit of the document by which a contract would take a change in. */
export function proposeContract<Key extends keyof Contract>(
  { sourceStep }: LoadTask,
  key: Key,
  value: Contract[Key],
): Edit {
  return { kind: 'setField', path: ['steps', sourceStep, 'contract', key], value };
}

/** The edit by which a load goes on by another cursor; a replicate step has one for all its tables, which stays. */
export function proposeCursor(
  { sourceStep, destinationStep, destination }: LoadTask,
  cursor: string,
): Edit | undefined {
  const isReplicated = sourceStep === destinationStep && destination.connection !== LANDING;
  return isReplicated
    ? undefined
    : { kind: 'setField', path: ['steps', sourceStep, 'source', 'load', 'cursor'], value: cursor };
}
