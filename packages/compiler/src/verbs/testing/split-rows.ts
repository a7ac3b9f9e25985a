import type { DuckDBConnection } from '@duckdb/node-api';

import { quote } from '../../transform/columns.ts';
import type { CompiledStep } from '../../transform/compiled-step.ts';
import { resultSql, tableOf } from './step-sql.ts';

type Half = 0 | 1;

/**
 * Computes a step, whose inputs are tables and whose result is one, in two halves, in each way that it says is possible.
 * Answers with the way in which they are not the result.
 */
export async function splitDiffers(
  step: CompiledStep,
  connection: DuckDBConnection,
): Promise<string | undefined> {
  const { incrementality, inputs } = step;
  const byRow = (split: readonly string[]) => (half: Half) =>
    resultSql(step, (ref, alias) =>
      split.includes(alias) ? `${tableOf(ref)} WHERE rowid % 2 = ${half}` : tableOf(ref),
    );
  if (incrementality.kind === 'whole') return undefined;
  if (incrementality.kind === 'rowwise') {
    const aliases = inputs.map(({ alias }) => alias);
    return (await isSum(byRow(aliases))) ? undefined : 'computed row by row';
  }
  const { by, linearIn } = incrementality;
  const parts = (half: Half) =>
    resultSql(step, (ref, alias) => {
      const list = (by[alias] ?? []).map(({ sql }) => sql).join(', ');
      return list === ''
        ? tableOf(ref)
        : `${tableOf(ref)} AS ${quote(alias)} WHERE md5_number_lower(concat_ws('|', ${list})) % 2 = ${half}`;
    });
  if (!(await isSum(parts))) return 'computed in parts';
  for (const alias of linearIn) if (!(await isSum(byRow([alias])))) return `computed row by row in ${alias}`;
  return undefined;

  async function isSum(half: (half: Half) => string): Promise<boolean> {
    const [whole, halves] = [`FROM ${tableOf(step.ref)}`, `(${half(0)}) UNION ALL (${half(1)})`];
    const [left, right] = [`(${whole}) EXCEPT ALL (${halves})`, `(${halves}) EXCEPT ALL (${whole})`];
    const rows = await connection.runAndReadAll(`(${left}) UNION ALL (${right}) LIMIT 1`);
    return rows.getRows().length === 0;
  }
}
