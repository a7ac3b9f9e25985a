/** Functions whose value depends on which of the rows that are equal in order comes first. */
const TAKES_ONE_ROW: ReadonlySet<string> = new Set(
  `any_value arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last array_agg arbitrary argmax argmin first
   first_value group_concat lag last last_value lead list listagg max_by min_by mode nth_value ntile row_number string_agg`.split(
    /\s+/,
  ),
);

/** Functions that mean nothing without an order, whose value is the same for rows that are equal in it. */
const RANKS: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'rank_dense', 'percent_rank', 'cume_dist']);

const NUMBER = String.raw`(?:\d+(?:\.\d+)?|interval\s+(?:'[^']*'|\d+)(?:\s+[a-z]+)?)`;
const BOUND = String.raw`(?:unbounded\s+(?:preceding|following)|current\s+row|${NUMBER}\s+(?:preceding|following))`;
const FRAME = new RegExp(
  String.raw`^(?<unit>rows|range|groups)\s+(?:between\s+${BOUND}\s+and\s+${BOUND}|${BOUND})(?:\s+exclude\s+(?:current\s+row|group|ties|no\s+others))?$`,
  'iu',
);

export interface Frame {
  readonly sql: string;
  readonly unit: 'rows' | 'range' | 'groups';
  /** It counts in values of the one thing that rows are ordered by. */
  readonly isByDistance: boolean;
}

/** Undefined for a text that is no frame. */
export function parseFrame(text: string): Frame | undefined {
  const sql = text.trim();
  const unit = FRAME.exec(sql)?.groups?.['unit']?.toLowerCase();
  if (unit !== 'rows' && unit !== 'range' && unit !== 'groups') return undefined;
  return { sql, unit, isByDistance: unit === 'range' && /\d|'/.test(sql) };
}

/** How a call depends on the order of rows: not, only as far as rows differ in it, or on each single one. */
export function dependenceOnOrder(
  functions: readonly string[],
  frame: Frame | undefined,
): 'none' | 'peers' | 'rows' {
  if (functions.some((name) => TAKES_ONE_ROW.has(name)) || frame?.unit === 'rows') return 'rows';
  return functions.some((name) => RANKS.has(name)) || frame !== undefined ? 'peers' : 'none';
}
