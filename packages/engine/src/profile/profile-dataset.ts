import {
  hasNonFinite,
  profileStatements,
  readProfile,
  type DatasetProfile,
  type ProfileAnswers,
  type ProfileStatements,
} from '@millrace/compiler';
import type { Field } from '@millrace/spec';
import type { DuckDBConnection } from '@duckdb/node-api';

import { readRows, textAt, type ReadRow } from '../stage/read-rows.ts';

export interface ProfileInput {
  /** What can follow FROM. */
  readonly relation: string;
  readonly fields: readonly Field[];
  /** Columns whose different values are counted exactly, because something is decided by them; each costs a grouping. */
  readonly exact?: readonly string[];
}

const SCAN_TABLE = '__millrace_profile';
const SAMPLE_TABLE = '__millrace_profile_sample';

/**
 * What the values of a dataset look like, from one scan of its rows; quantiles, frequent values, shapes and histograms
 * from rows that the scan draws at random. Infinities and not-a-number make it scan again without them. Makes two temporary tables on the connection and drops them.
 */
export async function profileDataset(
  connection: DuckDBConnection,
  { relation, fields, exact = [] }: ProfileInput,
  signal: AbortSignal,
): Promise<DatasetProfile> {
  const read = (sql: string | null): Promise<readonly ReadRow[]> =>
    sql === null ? Promise.resolve([]) : readRows(connection, sql, signal);
  const options = { relation, fields, exact, scanTable: SCAN_TABLE, sampleTable: SAMPLE_TABLE };
  const plain = profileStatements({ ...options, hasNonFinite: false });
  const [counted] = await read(plain.count);
  const rows = textAt(counted, 'rows');
  if (fields.length === 0) return { rows, sampledRows: '0', columns: [] };
  const distinct = await read(plain.distinct);

  /** Undefined when the scan met infinities that it was not to meet: they have no place in a histogram. */
  async function answer(
    statements: ProfileStatements,
    isPlain: boolean,
  ): Promise<ProfileAnswers | undefined> {
    try {
      await read(statements.scan(BigInt(rows)));
      await read(statements.sample);
      const [facts = {}] = await read(statements.facts);
      if (isPlain && hasNonFinite(fields, facts)) return undefined;
      const quantiles = await read(statements.quantiles);
      const values = await read(statements.values);
      const repeats = await read(statements.repeats);
      const bins = await read(statements.bins);
      return { rows, facts, quantiles, values, repeats, bins, distinct };
    } finally {
      for (const sql of statements.cleanUp) await connection.run(sql);
    }
  }

  const answers = await answer(plain, true).catch((error: unknown) => {
    // The deviation of an infinity is an error, not a value.
    if (error instanceof Error && error.message.startsWith('Out of Range Error')) return undefined;
    throw error;
  });
  const filtered = (): Promise<ProfileAnswers | undefined> =>
    answer(profileStatements({ ...options, hasNonFinite: true }), false);
  const complete = answers ?? (await filtered());
  if (complete === undefined) throw new RangeError('A scan without infinities met some.');
  return readProfile(fields, complete);
}
