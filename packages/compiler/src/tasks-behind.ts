import { STEPS, type LoadTask, type Plan } from './plan.ts';

/** The tasks whose rows are made, through steps, of those of one of the relations. */
export function tasksBehind(
  { steps, tasks }: Pick<Plan, 'steps' | 'tasks'>,
  refs: readonly string[],
): readonly LoadTask[] {
  const reached = new Set(refs);
  // Steps stand after those that they read.
  for (const { ref, inputs } of steps) if (inputs.some((input) => reached.has(input.ref))) reached.add(ref);
  return tasks.filter(({ source }) => source.connection === STEPS && reached.has(source.table.table.name));
}
