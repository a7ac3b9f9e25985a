import {
  formatStepReference,
  parseStepReference,
  stepCheckReferences,
  stepInputs,
  type DocumentPath,
  type Step,
} from '@millrace/spec';

/** New names of steps and inputs; a name that stands for an output is `step.output`. */
export type Renaming = (name: string) => string;

/** A reference as written in a template, by the names around it. */
export function renameReference(reference: string, rename: Renaming): string {
  const { step, output } = parseStepReference(reference);
  const renamed = rename(step);
  return output === undefined ? renamed : formatStepReference({ step: renamed, output });
}

/** The step with new names in every place that names what it reads. */
export function renameReferences(step: Step, rename: Renaming): Step {
  const copy = structuredClone(step);
  for (const { path, from } of [...stepInputs(step), ...stepCheckReferences(step)])
    setAt(copy, path, renameReference(from, rename));
  return copy;
}

function setAt(root: object, path: DocumentPath, value: string): void {
  let parent: object = root;
  for (const part of path.slice(0, -1)) parent = Object(Reflect.get(parent, part));
  Reflect.set(parent, path.at(-1) ?? '', value);
}
