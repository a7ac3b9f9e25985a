import {
  parseStepReference,
  stepCheckReferences,
  stepInputs,
  type PipelineDocument,
  type Step,
} from '@millrace/spec';

/** The steps of these names with all that they come from, and nothing that is written. */
export function narrowDocument(document: PipelineDocument, names: readonly string[]): PipelineDocument {
  const steps = new Map(Object.entries(document.steps));
  const needed = new Set(names);
  for (const name of needed) {
    const step = steps.get(name);
    if (step === undefined) continue;
    for (const { from } of [...stepInputs(step), ...stepCheckReferences(step)])
      needed.add(parseStepReference(from).step);
  }
  // Rows of a source are kept for steps only, so one stands in where there is none.
  const readers = names.flatMap((name): readonly (readonly [string, Step])[] => {
    const step = steps.get(name);
    return step !== undefined && 'source' in step
      ? [[readerOf(name, steps), { filter: { from: name, where: 'true' } }]]
      : [];
  });
  return {
    ...document,
    steps: Object.fromEntries([...[...steps].filter(([name]) => needed.has(name)), ...readers]),
  };
}

function readerOf(name: string, steps: ReadonlyMap<string, Step>): string {
  for (let reader = `${name}Shown`; ; reader += '_') if (!steps.has(reader)) return reader;
}
