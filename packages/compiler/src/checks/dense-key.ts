import type { CheckQuery, DenseKey } from './check-plan.ts';

/** Values between the smallest and the largest: a bit for each, so 32 MiB in each thread. */
const MAX_SPAN = 2n ** 28n;

type Values = ReadonlyMap<string, string | null>;

/** How many different values the column has, as text; undefined when they lie too far apart, or there are none. */
export function denseKeySql(ref: string, key: DenseKey, values: Values): string | undefined {
  const min = values.get(key.min);
  const max = values.get(key.max);
  if (min === undefined || min === null || max === undefined || max === null) return undefined;
  if (BigInt(max) - BigInt(min) >= MAX_SPAN) return undefined;
  const bound = (value: string): string => `CAST('${value}' AS ${key.type})`;
  const bits = `bitstring_agg(CAST(${key.column} AS ${key.type}), ${bound(min)}, ${bound(max)})`;
  return `SELECT CAST(bit_count(${bits}) AS VARCHAR) AS "different" FROM ${ref}`;
}

/** What the grouping would answer when every value is different; undefined when it must be asked. */
export function denseKeyAnswer(
  { names, denseKey }: CheckQuery,
  different: string,
  values: Values,
): ReadonlyMap<string, string> | undefined {
  if (denseKey === null || values.get(denseKey.present) !== different) return undefined;
  const [all = '', repeatedValues = '', rows = '', repeatedRows = ''] = names;
  return new Map([
    [all, different],
    [repeatedValues, '0'],
    [rows, different],
    [repeatedRows, '0'],
  ]);
}
