import type { CheckPlan } from './check-plan.ts';

/** Every relation that the statements of a plan read beside the checked one. */
export function checkRelations({ queries, checks, split }: CheckPlan): readonly string[] {
  return [
    ...new Set([
      ...queries.flatMap(({ relations }) => relations),
      ...checks.flatMap(({ examples }) => examples?.relations ?? []),
      ...(split?.relations ?? []),
    ]),
  ];
}
