import { stepInputs, stepOutputs, stepVerb, type Step } from './step.ts';

export type NamedStep = readonly [name: string, step: Step];

/**
 * Whether steps stand under the same names at the same places, and read each other in the same way, whatever they do with
 * it. A step with checks is only like itself.
 */
export function areLinkedAlike(left: readonly NamedStep[], right: readonly NamedStep[]): boolean {
  if (left.length !== right.length) return false;
  for (let place = 0; place < left.length; place += 1) {
    const one = left[place];
    const other = right[place];
    if (one === other) continue;
    if (one === undefined || other === undefined || one[0] !== other[0]) return false;
    if (one[1] !== other[1] && !isLinkedAlike(one[1], other[1])) return false;
  }
  return true;
}

function isLinkedAlike(left: Step, right: Step): boolean {
  if ('checks' in left || 'checks' in right || stepVerb(left) !== stepVerb(right)) return false;
  const [inputs, others] = [stepInputs(left), stepInputs(right)];
  return (
    inputs.length === others.length &&
    inputs.every(({ from }, index) => from === others[index]?.from) &&
    stepOutputs(left).join('\n') === stepOutputs(right).join('\n')
  );
}
