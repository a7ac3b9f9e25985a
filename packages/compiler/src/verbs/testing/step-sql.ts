import { MASK_KEY } from '../../plan.ts';
import { quote } from '../../transform/columns.ts';
import type { CompiledStep } from '../../transform/compiled-step.ts';

const TEST_KEY = "SELECT repeat('1', 64) AS inner_key, repeat('2', 64) AS outer_key";

/** The table with the rows of a step. Its name is no alias, so that no input hides it. */
export function tableOf(ref: string): string {
  return quote(`rows of ${ref}`);
}

/** The statement of a step over the relations that `relation` names for its inputs. */
export function resultSql(step: CompiledStep, relation: (ref: string, alias: string) => string): string {
  const aliases = step.inputs.map(
    ({ alias, ref }) => `${quote(alias)} AS NOT MATERIALIZED (SELECT * FROM ${relation(ref, alias)})`,
  );
  if (step.maskKey !== undefined) aliases.push(`${quote(MASK_KEY)} AS NOT MATERIALIZED (${TEST_KEY})`);
  return `WITH ${aliases.join(', ')} SELECT * FROM (${step.sql}\n) AS "result"`;
}
