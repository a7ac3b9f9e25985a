import { formatLogicalType, type Field } from '@millrace/spec';

import { traitsOf } from './column-traits.ts';
import type { ColumnProfile, DatasetProfile, DistinctCount, SampledShare } from './dataset-profile.ts';
import { estimateDistinct, type DistinctEvidence } from './estimate-distinct.ts';
import { BINS, keptShare, QUANTILES } from './profile-statements.ts';

type Row = Readonly<Record<string, unknown>>;

/** What the statements of a profile answered. */
export interface ProfileAnswers {
  readonly rows: string;
  readonly facts: Row;
  readonly quantiles: readonly Row[];
  readonly values: readonly Row[];
  readonly repeats: readonly Row[];
  readonly bins: readonly Row[];
  readonly distinct: readonly Row[];
}

/** The profile that the answers make. Pure. */
export function readProfile(fields: readonly Field[], answers: ProfileAnswers): DatasetProfile {
  return {
    rows: answers.rows,
    sampledRows: textAt(answers.facts, 'sampled') ?? '0',
    columns: fields.map((field, position) => readColumn(field, position, answers)),
  };
}

const NON_FINITE: ReadonlySet<string | null> = new Set(['inf', '-inf', 'nan', 'infinity', '-infinity']);

/** Whether a scan that did not look out for infinities and not-a-number met any: they are the smallest or the largest. */
export function hasNonFinite(fields: readonly Field[], facts: Row): boolean {
  return fields.some(
    ({ type }, position) =>
      traitsOf(type).canBeInfinite &&
      ['min', 'max'].some((name) => NON_FINITE.has(textAt(facts, `c${position}_${name}`))),
  );
}

function readColumn(field: Field, position: number, answers: ProfileAnswers): ColumnProfile {
  const { rows, facts } = answers;
  const traits = traitsOf(field.type);
  const fact = (name: string): string | null => textAt(facts, `c${position}_${name}`);
  const present = BigInt(fact('present') ?? '0');
  const all = BigInt(fact('all') ?? present);
  const own = (list: readonly Row[]): readonly Row[] => list.filter((row) => row['position'] === position);
  const quantiles = own(answers.quantiles)[0]?.['quantiles'];
  const [exact] = own(answers.distinct);
  const lengths = traits.lengthOf === undefined ? undefined : fact('length_min');
  return {
    name: field.name,
    type: formatLogicalType(field.type),
    nulls: String(BigInt(rows) - all),
    nonFinite: traits.canBeInfinite ? String(all - present) : null,
    distinct:
      exact === undefined
        ? countDistinct(present, keptOf(rows, fact('kept')), own(answers.repeats)[0])
        : { count: textAt(exact, 'distinct') ?? '0', isExact: true },
    min: fact('min'),
    max: fact('max'),
    mean: numberOf(fact('mean')),
    deviation: numberOf(fact('deviation')),
    quantiles: Array.isArray(quantiles)
      ? quantiles.flatMap((value: unknown, index) =>
          typeof value === 'string' ? [{ at: QUANTILES[index] ?? 0, value }] : [],
        )
      : [],
    lengths:
      lengths === undefined || lengths === null
        ? null
        : {
            min: Number(lengths),
            mean: Number(fact('length_avg')),
            max: Number(fact('length_max')),
          },
    top: sharesOf(own(answers.values), 'top'),
    shapes: sharesOf(own(answers.values), 'shape'),
    histogram: histogramOf(own(answers.bins)),
  };
}

function keptOf(rows: string, kept: string | null): Pick<DistinctEvidence, 'kept' | 'share'> {
  return { kept: Number(kept), share: keptShare(BigInt(rows)) };
}

function countDistinct(
  present: bigint,
  kept: Pick<DistinctEvidence, 'kept' | 'share'>,
  repeats: Row | undefined,
): DistinctCount {
  const sampled = Number(repeats?.['sampled'] ?? 0);
  const count = estimateDistinct({
    present: Number(present),
    ...kept,
    sampled,
    distinct: Number(repeats?.['distinct'] ?? 0),
    once: Number(repeats?.['once'] ?? 0),
    twice: Number(repeats?.['twice'] ?? 0),
  });
  return { count: String(count), isExact: BigInt(sampled) === present };
}

function sharesOf(values: readonly Row[], kind: 'top' | 'shape'): readonly SampledShare[] {
  return values
    .filter((row) => row['kind'] === kind)
    .map((row) => ({ value: textAt(row, 'value') ?? '', share: Number(row['share']) }));
}

function histogramOf(bins: readonly Row[]): ColumnProfile['histogram'] {
  if (bins.length === 0) return null;
  const shares = Array.from({ length: BINS }, () => 0);
  for (const row of bins) shares[Number(row['bin'])] = Number(row['share']);
  return { shares };
}

function textAt(row: Row, name: string): string | null {
  const value = row[name];
  return typeof value === 'string' ? value : null;
}

function numberOf(text: string | null): number | null {
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}
