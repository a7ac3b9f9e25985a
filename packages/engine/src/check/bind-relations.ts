import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

/** A statement whose tables are names of steps, over what stands for each: anything that can follow FROM. */
export function bindRelations(
  sql: string,
  names: readonly string[],
  relations: ReadonlyMap<string, string>,
): string {
  const bound = names.map((name) => {
    const relation = relations.get(name);
    if (relation === undefined) throw new RangeError(`Nothing stands for the step ${name}.`);
    return `${quoteIdentifier(duckdbDialect, name)} AS NOT MATERIALIZED (FROM ${relation})`;
  });
  return `WITH ${bound.join(', ')} ${sql}`;
}
