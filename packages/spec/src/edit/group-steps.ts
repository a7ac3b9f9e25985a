import { remove, read, rename, set } from './changes-in-place.ts';
import { valueAt } from './document-value.ts';
import { isList, isMapping } from './render-value.ts';
import { EditRefusal } from './yaml-text.ts';

const GROUPS = 'groups';

/** The groups of a text that may be wrong: by name the steps that it lists. */
function groupsOf(text: string): ReadonlyMap<string, readonly unknown[]> {
  const groups = valueAt(read(text), [GROUPS]);
  if (groups === undefined || !isMapping(groups)) return new Map();
  return new Map(
    Object.entries(groups).flatMap(([name, steps]) => (isList(steps) ? [[name, steps] as const] : [])),
  );
}

/** The text with steps in a group, new or there already, and in no other. */
export function groupSteps(text: string, name: string, steps: readonly string[]): string {
  const known = valueAt(read(text), ['steps']);
  const missing = steps.find((step) => !isMapping(known ?? null) || !Object.hasOwn(Object(known), step));
  if (steps.length === 0) throw new EditRefusal('A group needs a step. Select what belongs together.');
  if (missing !== undefined) throw new EditRefusal(`There is no step '${missing}'.`);
  requireName(name);
  const moved = leaveGroups(text, steps, name);
  const members = groupsOf(moved).get(name);
  if (members === undefined) return set(moved, [GROUPS, name], [...new Set(steps)]);
  return [...new Set(steps)]
    .filter((step) => !members.includes(step))
    .reduce((current, step, index) => set(current, [GROUPS, name, members.length + index], step), moved);
}

/** The text with steps in no group, or none but `except`. */
export function leaveGroups(text: string, steps: readonly string[], except?: string): string {
  return [...groupsOf(text).keys()]
    .filter((name) => name !== except)
    .reduce((current, name) => leaveGroup(current, name, steps), text);
}

/** The text with steps out of a group, as far as they are in it; a group that is left empty goes. */
export function leaveGroup(text: string, name: string, steps: readonly string[]): string {
  const members = groupsOf(text).get(name);
  if (members === undefined) throw new EditRefusal(`There is no group '${name}'.`);
  const leaving = [...members.entries()].filter(([, member]) => steps.some((step) => step === member));
  if (leaving.length === 0) return text;
  if (leaving.length === members.length) return dissolveGroup(text, name);
  return leaving.reduceRight((current, [index]) => remove(current, [GROUPS, name, index]), text);
}

/** The text without a group; its steps stay. */
export function dissolveGroup(text: string, name: string): string {
  const groups = groupsOf(text);
  if (!groups.has(name)) throw new EditRefusal(`There is no group '${name}'.`);
  return remove(text, groups.size === 1 ? [GROUPS] : [GROUPS, name]);
}

export function renameGroup(text: string, from: string, to: string): string {
  requireName(to);
  const groups = groupsOf(text);
  if (!groups.has(from)) throw new EditRefusal(`There is no group '${from}'.`);
  if (from !== to && groups.has(to)) throw new EditRefusal(`There is a group '${to}' already.`);
  return rename(text, [GROUPS, from], to);
}

/** The text with a step of another name in its groups. */
export function renameInGroups(text: string, from: string, to: string): string {
  let current = text;
  for (const [name, members] of groupsOf(text))
    for (const [index, member] of members.entries())
      if (member === from) current = set(current, [GROUPS, name, index], to);
  return current;
}

export interface StepGroup {
  readonly name: string;
  readonly steps: readonly string[];
}

/** The groups whose steps are all among `names`. */
export function wholeGroups(text: string, names: readonly string[]): readonly StepGroup[] {
  return [...groupsOf(text)].flatMap(([name, members]) => {
    const steps = members.filter((member) => typeof member === 'string');
    const isWhole = steps.length > 0 && steps.every((step) => names.includes(step));
    return isWhole ? [{ name, steps }] : [];
  });
}

function requireName(name: string): void {
  if (name.trim() === '') throw new EditRefusal('A group needs a name.');
}
