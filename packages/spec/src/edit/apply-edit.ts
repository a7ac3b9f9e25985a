import { NAME_PATTERN } from '../document/schema-parts.ts';
import { read, remove, removeIfThere, rename, set } from './changes-in-place.ts';
import { valueAt } from './document-value.ts';
import type { Edit } from './edit.ts';
import { dissolveGroup, groupSteps, leaveGroup, leaveGroups, renameGroup } from './group-steps.ts';
import { freeInput, takenInput } from './input-places.ts';
import { pasteSteps } from './paste-steps.ts';
import { renameStep } from './rename-step.ts';
import { EditRefusal } from './yaml-text.ts';

export type EditResult =
  | { readonly isApplied: true; readonly text: string }
  /** The text stays as it was; the reason is for people. */
  | { readonly isApplied: false; readonly reason: string };

/**
 * Changes the text of a document. Pure. Comments, the order of keys, quotes, spaces and everything this version does not
 * know stay byte for byte, outside of the place that changes. The result is proved: read again, it says exactly what the
 * edit means, or the edit is refused.
 */
export function applyEdit(text: string, edit: Edit): EditResult {
  try {
    return { isApplied: true, text: perform(text, edit) };
  } catch (error) {
    if (error instanceof EditRefusal) return { isApplied: false, reason: error.message };
    throw error;
  }
}

/** Applies edits one after the other; the first refusal refuses them all. */
export function applyEdits(text: string, edits: readonly Edit[]): EditResult {
  let current = text;
  for (const edit of edits) {
    const result = applyEdit(current, edit);
    if (!result.isApplied) return result;
    current = result.text;
  }
  return { isApplied: true, text: current };
}

function perform(text: string, edit: Edit): string {
  switch (edit.kind) {
    case 'addStep':
      if (!NAME_PATTERN.test(edit.name))
        throw new EditRefusal(`'${edit.name}' cannot be the name of a step.`);
      if (valueAt(read(text), ['steps', edit.name]) !== undefined)
        throw new EditRefusal(`There is a step '${edit.name}' already.`);
      return set(text, ['steps', edit.name], edit.step);
    case 'removeStep':
      return leaveGroups(removeIfThere(remove(text, ['steps', edit.name]), 'layout', edit.name), [edit.name]);
    case 'renameStep':
      return renameStep(text, edit.from, edit.to);
    case 'setField':
      if (edit.path.length === 0) throw new EditRefusal('The document as a whole cannot be set.');
      return set(text, edit.path, edit.value);
    case 'removeField':
      return remove(text, edit.path);
    case 'renameField':
      return rename(text, edit.path, edit.to);
    case 'connect':
      return set(text, freeInput(read(text), edit), edit.from);
    case 'disconnect':
      return remove(text, takenInput(read(text), edit));
    case 'pasteSteps':
      return pasteSteps(text, edit.yaml);
    case 'groupSteps':
      return groupSteps(text, edit.name, edit.steps);
    case 'ungroupSteps':
      return edit.steps === undefined
        ? dissolveGroup(text, edit.name)
        : leaveGroup(text, edit.name, edit.steps);
    case 'renameGroup':
      return renameGroup(text, edit.from, edit.to);
    case 'moveStep':
      return set(text, ['layout', edit.name], edit.at);
  }
}
