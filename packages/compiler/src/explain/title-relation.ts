import { parseStepReference } from '@millrace/spec';

/** What only the machinery calls by name: the rows around the checks of a step. */
const INNER: ReadonlyMap<string, string> = new Map([
  ['~rows', 'unchecked'],
  ['~failed', 'failed its checks'],
  ['~decided', 'decided by hand'],
]);

/** A relation as people call it: `orders`, `routed.large`, `wide (part 2)`, `orders (failed its checks)`. */
export function titleRelation(ref: string): string {
  return titleWith(ref);
}

/** A relation whose rows stay on this machine, as a table of a run: `orders (kept here)`. */
export function titleKept(ref: string): string {
  return titleWith(ref, 'kept here');
}

function titleWith(ref: string, ...words: readonly string[]): string {
  const { step, output } = parseStepReference(ref);
  const isInner = output?.startsWith('~') === true;
  const said = isInner ? [INNER.get(output) ?? `part ${output.slice(1)}`, ...words] : words;
  const name = isInner ? step : ref;
  return said.length === 0 ? name : `${name} (${said.join(', ')})`;
}
