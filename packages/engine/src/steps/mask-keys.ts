import { createHmac } from 'node:crypto';

import type { PlannedStep } from '@millrace/compiler';
import { duckdbDialect, quoteText } from '@millrace/sql';

import type { StagingDatabase } from '../stage/staging-database.ts';

/** Keys of masks by the references that stand for them in a plan. They are in no statement and in no event. */
export type MaskKeys = Readonly<Record<string, string>>;

const TABLE = '"millrace mask keys"';

/** What is made of a key: two halves for the keyed hash, and a mark by which another key is noticed. */
function derive(key: string): { readonly inner: string; readonly outer: string; readonly mark: string } {
  const part = (name: string) => createHmac('sha256', key).update(`millrace mask ${name}`).digest('hex');
  return { inner: part('inner'), outer: part('outer'), mark: part('mark').slice(0, 8) };
}

/** Puts what is made of the keys where the steps of the run read it; as bound values, so that no statement holds it. */
export async function createMaskKeys(database: StagingDatabase, keys: MaskKeys): Promise<void> {
  await database.withConnection(async (connection) => {
    await connection.run(`CREATE TABLE ${TABLE} (reference VARCHAR, inner_key VARCHAR, outer_key VARCHAR)`);
    for (const [reference, key] of Object.entries(keys)) {
      const { inner, outer } = derive(key);
      await connection.run(`INSERT INTO ${TABLE} VALUES ($1, $2, $3)`, [reference, inner, outer]);
    }
  });
}

/** The relation `MASK_KEY` of a step, always of one row: an unknown key ends the run instead of the rows. */
export function maskKeySql(reference: string): string {
  const message = `The key ${reference} was not given to this run. Run the pipeline again.`;
  const missing = `error(${quoteText(duckdbDialect, message)})`;
  const half = (name: string) => `coalesce(max(${name}), ${missing}) AS ${name}`;
  return `SELECT ${half('inner_key')}, ${half('outer_key')} FROM ${TABLE} WHERE reference = ${quoteText(duckdbDialect, reference)}`;
}

/** Tells the keys of masks from others, without telling them; empty without masks. */
export function markMaskKeys(steps: readonly PlannedStep[], keys: MaskKeys): string {
  const references = new Set(steps.flatMap(({ maskKey }) => (maskKey === undefined ? [] : [maskKey])));
  return [...references]
    .toSorted()
    .map((reference) => `+${derive(keys[reference] ?? '').mark}`)
    .join('');
}
