import type { ColumnEvidence } from '../evidence/table-evidence.ts';
import { nameTokens, stemOf } from '../naming/name-tokens.ts';
import { MEANINGS, type Meaning, type MeaningName, type PersonalClass } from './meanings.ts';

/** What a column is about. */
export interface MeaningFinding {
  readonly name: MeaningName;
  /** `e-mail addresses`. */
  readonly words: string;
  readonly personal: PersonalClass;
  /** 0 to 1. */
  readonly probability: number;
  readonly evidence: string;
}

const WEIGHTS = { value: 2.2, name: 1.6, contradiction: 1.2, base: -1.5 };
/** Values that must be there before they may contradict a name. */
const MIN_VALUES = 5;
const PERSON_TABLE =
  /\b(?:customer|client|user|person|employee|staff|member|contact|patient|student|teacher|author|subscriber|passenger|guest|tenant|applicant|candidate|driver|kunde|mitarbeiter)\b/;

/** The most likely meaning, from the column's name, its values and the name of its table; null when none is likely. */
export function findMeaning(table: string, column: ColumnEvidence): MeaningFinding | null {
  const { field } = column;
  const name = nameTokens(field.name).join(' ');
  const isPersonTable = PERSON_TABLE.test(nameTokens(table).join(' '));
  let best: MeaningFinding | null = null;
  for (const meaning of MEANINGS) {
    if (!meaning.kinds.includes(field.type.kind)) continue;
    const finding = weigh(meaning, column, name, isPersonTable);
    if (finding !== null && finding.probability > (best?.probability ?? 0.5)) best = finding;
  }
  return best;
}

function weigh(
  meaning: (typeof MEANINGS)[number],
  { field, sample }: ColumnEvidence,
  name: string,
  isPersonTable: boolean,
): MeaningFinding | null {
  const { isValue, chance = 0, needsPersonTable }: Meaning = meaning;
  const isNamed = meaning.named.test(name) && (needsPersonTable !== true || isPersonTable);
  // A key that refers to a person is no name of one.
  if (isNamed && needsPersonTable === true && stemOf(nameTokens(field.name)).length === 0) return null;
  const values = sample?.values ?? [];
  const passing = isValue === undefined ? 0 : values.filter(isValue).length / Math.max(1, values.length);
  const lift = Math.max(0, (passing - chance) / (1 - chance));
  // Looks alone make no name: towns and brands look the same.
  const isTelling = isValue !== undefined && chance < 0.3;
  if (!isNamed && !(isTelling && values.length >= MIN_VALUES)) return null;
  const isContradicted = isValue !== undefined && values.length >= MIN_VALUES && passing < 0.3;
  const score =
    WEIGHTS.base +
    (isTelling || isNamed ? WEIGHTS.value * lift : 0) +
    (isNamed ? WEIGHTS.name : 0) -
    (isContradicted ? WEIGHTS.contradiction : 0);
  const seen =
    isValue !== undefined && lift > 0
      ? `${Math.round(100 * passing)} % of ${values.length} values look like ${meaning.words}`
      : undefined;
  return {
    name: meaning.name,
    words: meaning.words,
    personal: meaning.personal,
    probability: 1 / (1 + Math.exp(-score)),
    evidence: [isNamed ? 'by its name' : undefined, seen].filter((each) => each !== undefined).join('; '),
  };
}
