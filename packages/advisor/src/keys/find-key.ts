import {
  columnsOf,
  describeSample,
  type ColumnEvidence,
  type TableEvidence,
} from '../evidence/table-evidence.ts';
import { endsInKeyWord, nameTokens, stemOf } from '../naming/name-tokens.ts';

/** What identifies the rows of a table. */
export interface KeyFinding {
  readonly columns: readonly string[];
  /** `declared`: the source enforces it. `proven`: unique and without NULL in all rows. `suspected`: in a sample. */
  readonly certainty: 'declared' | 'proven' | 'suspected';
  readonly evidence: string;
}

/** Fewer rows are unique by chance. */
const MIN_ROWS = 20;
/** Names of what is measured or told, which may be unique and still identify nothing. */
const MEASURE =
  /name|title|comment|note|description|text|amount|price|total|cost|balance|weight|rowguid|hash|url|email/i;

/** The declared key, or else the most likely single column; null when no column stands out. */
export function findKey(evidence: TableEvidence): KeyFinding | null {
  const { table, sample } = evidence;
  if (table.key.length > 0)
    return { columns: table.key, certainty: 'declared', evidence: 'the source declares it as the key' };
  if (sample === null || sample.rows < MIN_ROWS) return null;
  const home = stemOf(nameTokens(table.table.name)).join(' ');
  const scored = columnsOf(evidence)
    .map((column, index) => ({ column, score: scoreColumn(column, index, home, sample.rows) }))
    .filter((each) => each.score > 0)
    .toSorted((left, right) => right.score - left.score);
  const best = scored[0]?.column.field;
  if (best === undefined) return null;
  return {
    columns: [best.name],
    certainty: sample.isComplete ? 'proven' : 'suspected',
    evidence: `${best.name} is unique and never NULL in ${describeSample(sample)}; the source declares no key`,
  };
}

/** 0 for a column that cannot be the key. */
function scoreColumn({ field, sample }: ColumnEvidence, index: number, home: string, rows: number): number {
  if (sample === null || sample.nonNull < rows || sample.distinct < rows) return 0;
  const { kind } = field.type;
  if (kind !== 'integer' && kind !== 'string' && kind !== 'uuid' && kind !== 'decimal') return 0;
  if (kind === 'decimal' && field.type.kind === 'decimal' && field.type.scale > 0) return 0;
  const tokens = nameTokens(field.name);
  const stem = stemOf(tokens).join(' ');
  const isNamedKey = endsInKeyWord(tokens) || stem === home;
  if (!isNamedKey) return 0;
  if (MEASURE.test(field.name) && !endsInKeyWord(tokens)) return 0;
  const isLongText = kind === 'string' && (sample.meanLength ?? 0) > 24;
  return (
    1 +
    (index === 0 ? 1 : 0) +
    (endsInKeyWord(tokens) ? 1 : 0) +
    (stem === home || stem === '' ? 1 : 0) +
    (kind === 'integer' ? 0.5 : 0) -
    (isLongText ? 1.5 : 0)
  );
}
