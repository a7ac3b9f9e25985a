import { DecisionLog, standingDecisions, type Decision } from './decision-log.ts';

/** Rows of a step about which the same was decided at once, and of which it still holds. */
export interface DecisionGroup {
  readonly pipeline: string;
  readonly step: string;
  readonly decision: Exclude<Decision['decision'], 'restore'>;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly by: string;
  readonly note: string | null;
  /** Ids of the rows. */
  readonly rows: readonly string[];
}

/** What people decided about rows of a pipeline and did not take back, the latest first. */
export async function listDecisions(
  quarantineFolder: string,
  pipeline: string,
): Promise<readonly DecisionGroup[]> {
  const groups = new Map<string, DecisionGroup & { readonly rows: string[] }>();
  for (const each of standingDecisions(await new DecisionLog(quarantineFolder, pipeline).read())) {
    const { step, decision, at, by, note, row } = each;
    if (decision === 'restore') continue;
    const id = JSON.stringify([step, decision, at]);
    const known = groups.get(id);
    if (known === undefined) groups.set(id, { pipeline, step, decision, at, by, note, rows: [row] });
    else known.rows.push(row);
  }
  return [...groups.values()].toReversed();
}
