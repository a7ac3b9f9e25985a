import type { DocumentPath } from '../diagnostic/source-range.ts';
import { CHECK_INPUTS } from '../document/check-references.ts';
import { NAME_PATTERN } from '../document/schema-parts.ts';
import { formatStepReference, parseStepReference } from '../document/step-reference.ts';
import { valuesAt, VERBS } from '../document/step.ts';
import { read, rename, set } from './changes-in-place.ts';
import { valueAt } from './document-value.ts';
import { renameInGroups } from './group-steps.ts';
import { isList, isMapping } from './render-value.ts';
import { EditRefusal } from './yaml-text.ts';

/** The text with a step under another name, everywhere. */
export function renameStep(text: string, from: string, to: string): string {
  if (!NAME_PATTERN.test(to)) throw new EditRefusal(`'${to}' cannot be the name of a step.`);
  let current = rename(text, ['steps', from], to);
  const steps = valueAt(read(current), ['steps']);
  for (const [name, step] of Object.entries(isMapping(steps ?? null) ? (steps ?? {}) : {})) {
    // A name inside of SQL is text and stays.
    const slots = [
      ...VERBS.flatMap((verb) => verb.inputs.map((slot) => [verb.name, ...slot])),
      ...CHECK_INPUTS,
    ];
    for (const { path, value } of slots.flatMap((slot) => valuesAt(step, slot))) {
      if (typeof value !== 'string') continue;
      const reference = parseStepReference(value);
      if (reference.step === from)
        current = set(current, ['steps', name, ...path], formatStepReference({ ...reference, step: to }));
    }
  }
  const tests = valueAt(read(current), ['tests']) ?? [];
  const places: DocumentPath[] = [['layout', from]];
  if (isList(tests))
    tests.forEach((_, index) =>
      places.push(
        ['tests', index, 'given', from],
        ['tests', index, 'expect', from],
        ['tests', index, 'expectFailures', from],
      ),
    );
  for (const place of places) {
    if (valueAt(read(current), place) !== undefined) current = rename(current, place, to);
  }
  return renameInGroups(current, from, to);
}
