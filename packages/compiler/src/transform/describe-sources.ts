import { Compilation } from '../compilation.ts';
import type { CompileInput } from '../compile-input.ts';
import { planLanding } from './plan-landing.ts';
import type { Relation } from './transform-verb.ts';

/** The rows of source steps as steps would see them, whether or not one reads them; those that are wrong are left out. */
export function describeSources(input: CompileInput): ReadonlyMap<string, Relation> {
  const compilation = new Compilation(input);
  return new Map(
    compilation.steps.flatMap(([name, step]) => {
      const landing = 'source' in step ? planLanding(name, step, compilation) : undefined;
      return landing === undefined ? [] : [[name, landing.relation] as const];
    }),
  );
}
