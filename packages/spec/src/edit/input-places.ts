import type { DocumentPath } from '../diagnostic/source-range.ts';
import { parseStepReference } from '../document/step-reference.ts';
import { valuesAt, VERBS } from '../document/step.ts';
import { valueAt } from './document-value.ts';
import type { DocumentValue, Edit } from './edit.ts';
import { isList, isMapping } from './render-value.ts';
import { EditRefusal } from './yaml-text.ts';

type Connect = Extract<Edit, { readonly kind: 'connect' }>;
type Disconnect = Extract<Edit, { readonly kind: 'disconnect' }>;

/** Where the name of the step stands, or will stand, that `connect` sets. */
export function freeInput(document: DocumentValue, { from, to, input }: Connect): DocumentPath {
  const { verb, settings } = readerOf(document, to);
  const path = ['steps', to, verb.name];
  if (input !== undefined) return [...path, ...fittingInput(to, verb, input)];
  const [first] = verb.inputs;
  for (const slot of verb.inputs) {
    const place = freePlace(settings, slot, from);
    if (place !== undefined) return [...path, ...place];
  }
  return [...path, ...(first ?? [])];
}

/** What `disconnect` removes: the name of a step, or the item of a list that is nothing without it. */
export function takenInput(document: DocumentValue, { to, input }: Disconnect): DocumentPath {
  const { verb, settings } = readerOf(document, to);
  const taken = verb.inputs.flatMap((slot) => valuesAt(settings, slot).map(({ path }) => ({ path, slot })));
  const found =
    input === undefined ? taken.at(-1) : taken.find(({ path }) => path.join('\0') === input.join('\0'));
  if (found === undefined) throw new EditRefusal(`Step '${to}' does not read from another step there.`);
  const { path, slot } = found;
  const star = slot.indexOf('*');
  // Of `and: [{ right, on }]`, the whole item goes, and the list with its last item.
  const isPartOfItem = star >= 0 && star < slot.length - 1;
  const list = isPartOfItem ? valueAt(settings, path.slice(0, star)) : undefined;
  const isLast = list !== undefined && isList(list) && list.length === 1;
  const gone = isPartOfItem ? path.slice(0, isLast ? star : star + 1) : path;
  return ['steps', to, verb.name, ...gone];
}

function readerOf(
  document: DocumentValue,
  step: string,
): { readonly verb: (typeof VERBS)[number]; readonly settings: DocumentValue } {
  const value = valueAt(document, ['steps', step]);
  if (value === undefined) throw new EditRefusal(`There is no step '${step}'.`);
  for (const verb of VERBS) {
    const settings = valueAt(value, [verb.name]);
    if (settings === undefined || verb.inputs.length === 0) continue;
    return { verb, settings: settings ?? {} };
  }
  throw new EditRefusal(`Step '${step}' reads from no other step.`);
}

/** Below the settings; undefined when the slot is taken and holds only one. */
function freePlace(settings: DocumentValue, slot: readonly string[], from: string): DocumentPath | undefined {
  const star = slot.indexOf('*');
  if (star < 0) return valueAt(settings, slot) === undefined || slot.length === 0 ? slot : undefined;
  const before = slot.slice(0, star);
  const inputs = valueAt(settings, before);
  return [...before, nextPart(inputs, from), ...slot.slice(star + 1)];
}

function nextPart(inputs: DocumentValue | undefined, from: string): string | number {
  if (inputs === undefined || !isMapping(inputs))
    return inputs !== undefined && isList(inputs) ? inputs.length : 0;
  const { step, output } = parseStepReference(from);
  const name = output ?? step;
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}${number}`;
    if (!Object.hasOwn(inputs, candidate)) return candidate;
  }
}

function fittingInput(step: string, verb: (typeof VERBS)[number], input: DocumentPath): DocumentPath {
  const slots: readonly (readonly string[])[] = verb.inputs;
  const isInput = slots.some(
    (slot) =>
      slot.length === input.length && slot.every((part, index) => part === '*' || part === input[index]),
  );
  if (isInput) return input;
  throw new EditRefusal(`Step '${step}' has no input ${input.join('.')}.`);
}
