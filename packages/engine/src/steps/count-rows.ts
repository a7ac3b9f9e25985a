import type { StagingDatabase } from '../stage/staging-database.ts';
import type { UsageMeter } from '../stage/usage-meter.ts';

/** How many rows relations have, by their names, in one statement; each is something that can follow FROM. */
export async function countRows(
  database: StagingDatabase,
  meter: UsageMeter,
  relations: ReadonlyMap<string, string>,
  /** Puts before it what the relations read. */
  statement: (select: string) => string = (select) => select,
): Promise<ReadonlyMap<string, number>> {
  if (relations.size === 0) return new Map();
  const counts = [...relations.values()].map(
    (from, index) => `(SELECT CAST(count(*) AS VARCHAR) FROM ${from}) AS c${index}`,
  );
  const [found] = await database.query(statement(`SELECT ${counts.join(', ')}`), meter);
  return new Map([...relations.keys()].map((ref, index) => [ref, Number(found?.[`c${index}`])]));
}
