import { profileStatements, readProfile, type DatasetProfile } from '@millrace/compiler';
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

/**
 * What the values of a dataset look like, from one scan of its rows; quantiles, frequent values, shapes and histograms
 * from rows that the scan draws at random. Makes two temporary tables on the connection and drops them.
 */
export async function profileDataset(
  connection: DuckDBConnection,
  { relation, fields, exact = [] }: ProfileInput,
  signal: AbortSignal,
): Promise<DatasetProfile> {
  const names = { scanTable: '__millrace_profile', sampleTable: '__millrace_profile_sample' };
  const statements = profileStatements({ relation, fields, exact, ...names });
  const read = (sql: string | null): Promise<readonly ReadRow[]> =>
    sql === null ? Promise.resolve([]) : readRows(connection, sql, signal);
  const [counted] = await read(statements.count);
  const rows = textAt(counted, 'rows');
  if (fields.length === 0) return { rows, sampledRows: '0', columns: [] };
  const distinct = await read(statements.distinct);
  try {
    await read(statements.scan(BigInt(rows)));
    await read(statements.sample);
    const [facts = {}] = await read(statements.facts);
    const quantiles = await read(statements.quantiles);
    const values = await read(statements.values);
    const repeats = await read(statements.repeats);
    const bins = await read(statements.bins);
    return readProfile(fields, { rows, facts, quantiles, values, repeats, bins, distinct });
  } finally {
    for (const sql of statements.cleanUp) await connection.run(sql);
  }
}
