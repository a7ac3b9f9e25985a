import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { DocumentPath, Locate } from '../diagnostic/source-range.ts';
import { checkName, checkReferences } from './check-list.ts';
import type { PipelineDocument } from './pipeline-document.ts';
import { stepVerb, type Step } from './step.ts';

/** The other steps that the checks of a step read, each with its path below the step. */
export function stepCheckReferences(
  step: Step,
): readonly { readonly path: DocumentPath; readonly step: string; readonly check: string }[] {
  const checks = 'checks' in step ? (step.checks ?? []) : [];
  return checks.flatMap((item, index) =>
    checkReferences(item).map((reference) => ({
      step: reference.step,
      path: ['checks', index, ...reference.path],
      check: checkName(item),
    })),
  );
}

/** Checks that compare with a step that is not there, or hands nothing on. */
export function checkStepReferences(document: PipelineDocument, locate: Locate): readonly Diagnostic[] {
  const steps = new Map(Object.entries(document.steps));
  const readable = [...steps].filter(([, step]) => stepVerb(step).isReadable).map(([name]) => name);
  return [...steps].flatMap(([name, step]) =>
    stepCheckReferences(step).flatMap((reference): Diagnostic[] => {
      const path: DocumentPath = ['steps', name, ...reference.path];
      const range = locate(path);
      const about = { step: name, check: reference.check, to: reference.step };
      const other = steps.get(reference.step);
      if (other === undefined) {
        const nearest = nearestNames(reference.step, readable);
        const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
        return [diagnose('checkStepUnknown', { ...about, nearest }, { path, range, fixes })];
      }
      if (stepVerb(other).isReadable) return [];
      return [diagnose('checkStepNotReadable', { ...about, verb: stepVerb(other).name }, { path, range })];
    }),
  );
}
