interface Made {
  readonly of: readonly unknown[];
  readonly result: unknown;
}

/** What was made of objects that never change, as long as these are there. */
export class MadeBefore {
  readonly #made = new Map<string, WeakMap<object, Made>>();

  /** What `make` gave for the same objects before. `isSound` is asked behind it: whether the result may be kept. */
  recall<Result>(
    purpose: string,
    owner: object,
    of: readonly unknown[],
    make: () => Result,
    isSound: () => boolean = () => true,
  ): Result {
    const owners = this.#made.get(purpose) ?? new WeakMap<object, Made>();
    this.#made.set(purpose, owners);
    const known = owners.get(owner);
    // One purpose makes one type.
    if (known !== undefined && areSame(of, known.of)) return known.result as Result;
    const result = make();
    if (isSound()) owners.set(owner, { of, result });
    return result;
  }

  clear(): void {
    this.#made.clear();
  }
}

export function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}
