import type { DraftStep } from '@millrace/spec';

import { useDesigner } from './use-designer.ts';

export interface InputColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * Columns of what the step reads, by its inputs: the compiler's own, so that what is offered is what is there. For a source,
 * those of its table.
 */
export function useInputColumns(
  step: DraftStep,
  side: 'all' | 'first' | 'second' = 'all',
): readonly InputColumn[] {
  const { compiled } = useDesigner();
  const schemas = compiled.answer?.schemas ?? {};
  const refs = step.inputs.length === 0 ? [step.name] : step.inputs.map(({ from }) => from);
  const asked = side === 'all' ? refs : refs.slice(side === 'first' ? 0 : 1, side === 'first' ? 1 : 2);
  const found = new Map<string, InputColumn>();
  for (const ref of asked)
    for (const { name, type } of schemas[ref]?.columns ?? [])
      if (!found.has(name)) found.set(name, { name, type });
  return [...found.values()];
}
