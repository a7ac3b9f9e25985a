/** What was read and never changes again, as much as fits; what was not asked for longest goes first. */
export class KeptValues<Value> {
  readonly #maxSize: number;
  readonly #values = new Map<string, { readonly value: Value; readonly size: number }>();
  #size = 0;

  /** `maxSize` in the measure that `set` gets, bytes say. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): Value | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, found);
    return found.value;
  }

  set(key: string, value: Value, size: number): void {
    this.#remove(key);
    if (size > this.#maxSize) return;
    this.#values.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#values.keys()) {
      if (this.#size <= this.#maxSize) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    this.#size -= this.#values.get(key)?.size ?? 0;
    this.#values.delete(key);
  }
}
