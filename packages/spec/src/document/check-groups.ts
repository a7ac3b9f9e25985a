import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { Locate } from '../diagnostic/source-range.ts';
import type { PipelineDocument } from './pipeline-document.ts';

/** Groups that name steps which are not there, or in another group already. */
export function checkGroups({ groups = {}, steps }: PipelineDocument, locate: Locate): readonly Diagnostic[] {
  const groupOf = new Map<string, string>();
  return Object.entries(groups).flatMap(([group, names]) =>
    names.flatMap((step, index): readonly Diagnostic[] => {
      const path = ['groups', group, index];
      const out = { kind: 'removeField', path } as const;
      if (!Object.hasOwn(steps, step)) {
        const nearest = nearestNames(step, Object.keys(steps));
        const fixes = [...nearest.map((value) => ({ kind: 'setField', path, value }) as const), out];
        return [diagnose('groupStepUnknown', { group, step, nearest }, { path, range: locate(path), fixes })];
      }
      const other = groupOf.get(step);
      groupOf.set(step, other ?? group);
      if (other === undefined) return [];
      return [
        diagnose('groupStepTwice', { group, step, other }, { path, range: locate(path), fixes: [out] }),
      ];
    }),
  );
}
