/** What a rule makes of the results, before severity and consequence. */
export interface Verdict {
  readonly isPassed: boolean;
  readonly observed: string;
  /** A sentence without its full stop: what was found. */
  readonly finding: string;
  /** What to do when it failed. */
  readonly advice: string;
  readonly failing?: { readonly rows: bigint; readonly of: bigint };
  readonly measure?: number;
  /** Why it could not be judged; whole sentences. */
  readonly skipped?: string;
}

/** A result that the plan promises. */
export function requireValue(values: ReadonlyMap<string, string | null>, name: string): string {
  const value = values.get(name);
  if (value === undefined || value === null) throw new RangeError(`There is no result ${name}.`);
  return value;
}
