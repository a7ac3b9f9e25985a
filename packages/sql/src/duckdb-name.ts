import { duckdbDialect, quoteIdentifier } from './dialect.ts';

/** Words that DuckDB does not take for the name of a column; a test asks DuckDB. */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check collate collation
   column concurrently constraint create cross default deferrable desc describe distinct do else end except false fetch for foreign
   freeze from full glob group having ilike in initially inner intersect into is isnull join lambda lateral leading left like limit
   natural not notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify
   references returning right select semi show similar some summarize symmetric table tablesample then to trailing true union unique
   unpack unpivot using variadic verbose when where window with`.split(/\s+/u),
);

/** A name as a person would write it in DuckDB's SQL: in quotes only where it needs them. */
export function writeDuckdbName(name: string): string {
  const isPlain = /^[a-z_]\w*$/iu.test(name) && !RESERVED.has(name.toLowerCase());
  return isPlain ? name : quoteIdentifier(duckdbDialect, name);
}
