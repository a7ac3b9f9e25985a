import type { Plan, PlannedStep } from '@millrace/compiler';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { RelationSql, stepsByRef } from '../steps/relation-sql.ts';
import type { SourceSample } from './joined-sample.ts';

export interface EstimateOptions {
  readonly plan: Plan;
  readonly ref: string;
  readonly sampledRows: number;
  readonly sources: readonly SourceSample[];
  /** The query of each sample, by relation. */
  readonly samples: ReadonlyMap<string, string>;
  readonly database: StagingDatabase;
}

/**
 * How many rows a relation has in truth, from how many it has over the samples: as many times more as the table of which
 * the smallest part was read has, where rows follow from rows; by how often groups repeat, for groups of such rows.
 * Null where neither holds.
 */
export async function estimateRows(options: EstimateOptions): Promise<number | null> {
  const { plan, ref, sampledRows, sources } = options;
  const steps = stepsByRef(plan);
  if (sources.every(({ isComplete }) => isComplete)) return sampledRows;
  const share = drawnShare(ref, steps, sources);
  if (share !== undefined) return Math.round(sampledRows / share);
  const step = steps.get(ref);
  const [input, ...others] = step?.inputs ?? [];
  if (step?.incrementality.kind !== 'partitioned' || input === undefined || others.length > 0) return null;
  const by = step.incrementality.by[input.alias] ?? [];
  const inputShare = drawnShare(input.ref, steps, sources);
  if (inputShare === undefined || by.length === 0) return null;
  const groups = await countGroups(
    options,
    input,
    by.map(({ sql }) => sql),
  );
  const estimated = estimateGroups(groups, inputShare);
  // HAVING, and keeping one row of a group, leave fewer or as many rows as there are groups.
  return groups.distinct === 0 ? 0 : Math.round((estimated * sampledRows) / groups.distinct);
}

/** The part of its table that the sample has from which the rows follow one by one; undefined where they do not. */
function drawnShare(
  ref: string,
  steps: ReadonlyMap<string, PlannedStep>,
  sources: readonly SourceSample[],
): number | undefined {
  const source = sources.find((sample) => sample.ref === ref);
  if (source !== undefined) return shareOf(source);
  const step = steps.get(ref);
  if (step === undefined) return undefined;
  const { incrementality } = step;
  const linear =
    incrementality.kind === 'rowwise'
      ? step.inputs
      : incrementality.kind === 'partitioned'
        ? step.inputs.filter(({ alias }) => incrementality.linearIn.includes(alias))
        : [];
  const shares = linear
    .map((input) => drawnShare(input.ref, steps, sources))
    .filter((share) => share !== undefined);
  return shares.length === 0 ? undefined : Math.min(...shares);
}

function shareOf({ rows, isComplete, estimatedRows }: SourceSample): number | undefined {
  if (isComplete) return 1;
  return estimatedRows === null || estimatedRows === 0 ? undefined : Math.min(1, rows / estimatedRows);
}

interface Groups {
  readonly distinct: number;
  readonly once: number;
  readonly twice: number;
}

async function countGroups(
  { plan, samples, database }: EstimateOptions,
  { alias, ref }: PlannedStep['inputs'][number],
  by: readonly string[],
): Promise<Groups> {
  const sql = new RelationSql(stepsByRef(plan), (name) => samples.get(name));
  const rows = sql.add(alias, `SELECT * FROM ${sql.relation(ref, 'new')}`);
  const named = `"${alias.replaceAll('"', '""')}"`;
  const [counts = {}] = await database.query(
    sql.statement(
      `SELECT count(*) AS "distinct", count_if(n = 1) AS once, count_if(n = 2) AS twice FROM (SELECT count(*) AS n FROM ${rows} AS ${named} GROUP BY ${by.join(', ')})`,
    ),
  );
  return {
    distinct: Number(counts['distinct']),
    once: Number(counts['once']),
    twice: Number(counts['twice']),
  };
}

/** Chao's estimate for drawing without putting back: groups that were met once stand for those that were not met. */
function estimateGroups({ distinct, once, twice }: Groups, share: number): number {
  if (share >= 1 || once === 0) return distinct;
  return distinct + (once * once) / (2 * twice + (share / (1 - share)) * once);
}
