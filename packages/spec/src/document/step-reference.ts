/** What a step reads: another step, or one of its named outputs. */
export interface StepReference {
  readonly step: string;
  /** Absent for the step's own rows. */
  readonly output?: string;
}

/** `routed.large` is the output `large` of the step `routed`; names of steps hold no dot. */
export function parseStepReference(text: string): StepReference {
  const dot = text.indexOf('.');
  return dot < 0 ? { step: text } : { step: text.slice(0, dot), output: text.slice(dot + 1) };
}

export function formatStepReference({ step, output }: StepReference): string {
  return output === undefined ? step : `${step}.${output}`;
}
