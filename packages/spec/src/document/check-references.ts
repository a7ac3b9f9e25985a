import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { DocumentPath, Locate } from '../diagnostic/source-range.ts';
import { parseStepReference } from './step-reference.ts';
import { stepOutputs, stepVerb, valuesAt, type Step } from './step.ts';

/** Places below a step at which its checks name other steps; `*` stands for each item. */
export const CHECK_INPUTS = [
  ['checks', '*', 'relationship', 'to', 'step'],
  ['checks', '*', 'sumEquals', 'to', 'step'],
  ['checks', '*', 'sql', 'from', '*'],
] as const;

/** Where a check of a step names another step. */
export interface CheckReference {
  readonly check: string;
  /** Below the step. */
  readonly path: DocumentPath;
  /** As written: a step, or `step.output`. */
  readonly from: string;
}

/** The other steps that the checks of a step read. */
export function stepCheckReferences(step: Step): readonly CheckReference[] {
  if (!('checks' in step)) return [];
  return CHECK_INPUTS.flatMap((slot) =>
    valuesAt(step, slot).flatMap(({ path, value }) =>
      typeof value === 'string' ? [{ check: slot[2], path, from: value }] : [],
    ),
  );
}

/** Checks that compare with a step that is not there, or hands nothing on. */
export function checkStepReferences(
  steps: ReadonlyMap<string, Step>,
  inputs: readonly string[],
  locate: Locate,
): readonly Diagnostic[] {
  let all: ReadonlySet<string> | undefined;
  const readable = () =>
    (all ??= new Set([...inputs, ...[...steps].flatMap(([name, step]) => readableNames(name, step))]));
  return [...steps].flatMap(([name, step]) =>
    stepCheckReferences(step).flatMap(({ check, path: below, from }): Diagnostic[] => {
      if (readable().has(from)) return [];
      const path: DocumentPath = ['steps', name, ...below];
      const range = locate(path);
      const about = { step: name, check, to: from };
      const other = steps.get(parseStepReference(from).step);
      if (other !== undefined && stepOutputs(other).length === 0 && !stepVerb(other).isReadable)
        return [diagnose('checkStepNotReadable', { ...about, verb: stepVerb(other).name }, { path, range })];
      const nearest = nearestNames(from, readable());
      const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
      return [diagnose('checkStepUnknown', { ...about, nearest }, { path, range, fixes })];
    }),
  );
}

/** What can be written to read from a step: its name, and those of its outputs. */
export function readableNames(name: string, step: Step): readonly string[] {
  const outputs = stepOutputs(step).map((output) => `${name}.${output}`);
  return stepVerb(step).isReadable ? [name, ...outputs] : outputs;
}
