import { parseStepReference } from '@millrace/spec';

/** A relation as people call it: `orders`, `routed.large`; what only other outputs of its step read is a part of it. */
export function titleRelation(ref: string): string {
  const { step, output } = parseStepReference(ref);
  return output?.startsWith('~') ? `${step} (part ${output.slice(1)})` : ref;
}

/** A relation whose rows stay on this machine, as a table of a run. */
export function titleKept(ref: string): string {
  return `${titleRelation(ref)} (kept here)`;
}
