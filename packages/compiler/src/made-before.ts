import { MappedList } from '@millrace/spec';

import { sha256Hex } from './fingerprint/sha256.ts';

interface Made {
  readonly of: readonly unknown[];
  readonly result: unknown;
}

interface DigestedGroup {
  readonly texts: readonly string[];
  readonly digest: string;
}

const GROUP = 64;

/** What was made of objects that never change, as long as these are there. One purpose makes one type. */
export class MadeBefore {
  readonly #made = new Map<string, WeakMap<object, Made>>();
  readonly #lists = new Map<string, MappedList<unknown, unknown>>();
  readonly #digested = new Map<string, readonly DigestedGroup[]>();

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
    if (known !== undefined && areSame(of, known.of)) return known.result as Result;
    const result = make();
    if (isSound()) owners.set(owner, { of, result });
    return result;
  }

  /** What `make` gave for each item of a list, as `MappedList` does. */
  each<Item, Result>(
    purpose: string,
    items: readonly Item[],
    make: (item: Item) => Result,
  ): readonly Result[] {
    const list = this.#lists.get(purpose) ?? new MappedList();
    this.#lists.set(purpose, list);
    return (list as MappedList<Item, Result>).map(items, make);
  }

  /** One digest of texts in their order; of texts without line breaks. Groups of them that are as before are not read again. */
  digest(purpose: string, texts: readonly string[]): string {
    const before = this.#digested.get(purpose) ?? [];
    const groups: DigestedGroup[] = [];
    for (let start = 0; start < texts.length; start += GROUP) {
      const group = texts.slice(start, start + GROUP);
      const known = before[groups.length];
      const isKnown = known !== undefined && areSame(group, known.texts);
      groups.push(isKnown ? known : { texts: group, digest: sha256Hex(group.join('\n')) });
    }
    this.#digested.set(purpose, groups);
    return sha256Hex(groups.map(({ digest }) => digest).join('\n'));
  }

  clear(): void {
    this.#made.clear();
    this.#lists.clear();
    this.#digested.clear();
  }
}

export function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}
