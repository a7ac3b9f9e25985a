import type { ColumnDerivation } from '@millrace/compiler';

export interface Origin {
  readonly table: string;
  readonly column: string;
  readonly how: ColumnDerivation;
}

/** The columns of inputs that a value is made of, each once. */
export type Origins = ReadonlyMap<string, Origin>;

/** A column of a query under way; its name is empty where only DuckDB knows it. */
export interface TracedColumn {
  readonly name: string;
  readonly origins: Origins;
}

export const NO_ORIGINS: Origins = new Map();

const STRENGTH: Readonly<Record<ColumnDerivation, number>> = { copied: 0, transformed: 1, aggregated: 2 };

/** One column of an input, as it is. */
export function originOf(table: string, column: string): Origins {
  return new Map([[JSON.stringify([table, column]), { table, column, how: 'copied' }]]);
}

/** Everything that any of them is made of; what changes a column most stands. */
export function mergeOrigins(all: Iterable<Origins>): Origins {
  const merged = new Map<string, Origin>();
  for (const origins of all) {
    for (const [key, origin] of origins) {
      const known = merged.get(key);
      if (known === undefined || STRENGTH[origin.how] > STRENGTH[known.how]) merged.set(key, origin);
    }
  }
  return merged;
}

/** The same columns, after something has been made of them. */
export function deriveOrigins(origins: Origins, how: ColumnDerivation): Origins {
  if (how === 'copied' || origins.size === 0) return origins;
  return mergeOrigins([origins, new Map([...origins].map(([key, origin]) => [key, { ...origin, how }]))]);
}
