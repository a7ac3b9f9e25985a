/** Between these bounds, inclusive, a value would have been normal. */
export interface ExpectedRange {
  readonly low: number;
  readonly high: number;
}

/** How a measurement compares with its history; `reason` is one sentence for a person. */
export type AnomalyVerdict =
  | { readonly state: 'learning'; readonly expected: null; readonly reason: string }
  | {
      readonly state: 'normal' | 'anomalous';
      readonly expected: ExpectedRange;
      readonly reason: string;
    };
