import {
  stepCheckReferences,
  stepInputs,
  type DocumentPath,
  type Step,
  type TemplateDocument,
  type TemplateStep,
} from '@millrace/spec';

import { renameReference, renameReferences } from './rename-references.ts';
import type { TemplateScope, WrittenPlace } from './template-scope.ts';

/** A step of the expanded document and where it is written. */
export interface PlacedStep {
  readonly name: string;
  readonly step: Step;
  /** Where a path below the step is written. */
  readonly place: (below: DocumentPath) => WrittenPlace;
  /** The name under which its own file knows it. */
  readonly ownName: string;
  /** How its texts call its inputs; undefined when it is by their names. */
  readonly inputs: readonly string[] | undefined;
  /** For each of its checks, how the texts there call relations. */
  readonly checks: readonly ReadonlyMap<string, string>[];
}

/** A step that stands in its file under the name that it has. */
export function placeStep(name: string, step: Step, scope: TemplateScope): PlacedStep {
  return {
    name,
    step,
    place: (below) => ({ scope, path: ['steps', name, ...below] }),
    ownName: name,
    inputs: undefined,
    checks: checksOf(step).map(() => new Map()),
  };
}

/** A step of a template, as a part of the step that uses the template. */
export function useStep(
  placed: PlacedStep,
  name: string,
  { template, ...beside }: TemplateStep,
  { output }: TemplateDocument,
  scope: TemplateScope,
): PlacedStep {
  const isOutput = placed.name === output;
  const rename = (inner: string): string => {
    if (Object.hasOwn(template.inputs, inner)) return template.inputs[inner] ?? inner;
    return inner === output ? name : `${name}/${inner}`;
  };
  const { step } = placed;
  const used: PlacedStep = {
    ...placed,
    name: rename(placed.name),
    step: renameReferences(step, rename),
    inputs: placed.inputs ?? stepInputs(step).map(({ from }) => from),
    checks: placed.checks.map((names) => {
      const known = new Map([...names].map(([ref, local]) => [renameReference(ref, rename), local]));
      for (const ref of [placed.name, ...stepCheckReferences(step).map(({ from }) => from)]) {
        const renamed = renameReference(ref, rename);
        if (!known.has(renamed)) known.set(renamed, ref === placed.name ? placed.ownName : ref);
      }
      return known;
    }),
  };
  if (!isOutput) return used;
  // What stands beside the use is about its rows, which are those of this step.
  const own = checksOf(step);
  const added = beside.checks ?? [];
  const { description, quarantine } = beside;
  return {
    ...used,
    step: {
      ...used.step,
      ...(description === undefined ? {} : { description }),
      ...(quarantine === undefined ? {} : { quarantine }),
      ...(added.length === 0 ? {} : { checks: [...checksOf(used.step), ...added] }),
    },
    checks: [...used.checks, ...added.map(() => new Map<string, string>())],
    place: (below) => {
      const [key, index, ...rest] = below;
      const written = (...path: DocumentPath): WrittenPlace => ({ scope, path: ['steps', name, ...path] });
      if (key === undefined) return written();
      if (key === 'checks' && typeof index === 'number' && index >= own.length)
        return written(key, index - own.length, ...rest);
      const isBeside =
        (key === 'quarantine' && quarantine !== undefined) ||
        (key === 'checks' && own.length === 0) ||
        (key === 'description' && description !== undefined);
      return isBeside ? written(...below) : placed.place(below);
    },
  };
}

function checksOf(step: Step): NonNullable<TemplateStep['checks']> {
  return ('checks' in step ? step.checks : undefined) ?? [];
}
