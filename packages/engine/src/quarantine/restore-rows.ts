import { DecisionLog, standingDecisions, type LoggedDecision } from './decision-log.ts';
import type { DecideResult } from './decide-rows.ts';

/** Which discarded rows are meant; what is left out does not matter. */
export interface RestoreSelection {
  readonly step?: string | undefined;
  /** Beginnings of what rows are recognised by. */
  readonly rows?: readonly string[] | undefined;
  /** When they were discarded, as `decideRows` said it. */
  readonly at?: string | undefined;
}

export interface RestoreRequest {
  readonly quarantineFolder: string;
  readonly pipeline: string;
  readonly selection: RestoreSelection;
  readonly by: string;
  readonly note: string | null;
}

/**
 * Takes back that rows were discarded; the next run of the steps sets them aside again. Nothing of a row is needed for
 * that: whatever makes it now makes it again. What was restored before is not written again.
 */
export async function restoreRows(request: RestoreRequest): Promise<DecideResult> {
  const { selection, by, note } = request;
  const log = new DecisionLog(request.quarantineFolder, request.pipeline);
  const standing = standingDecisions(await log.read());
  const at = new Date().toISOString();
  const meant = standing.filter((each) => each.decision === 'discard' && isMeant(each, selection));
  await log.add(
    meant.map(({ step, row }) => ({ decision: 'restore' as const, step, row, checks: [], at, by, note })),
  );
  const before = standing.filter(
    ({ decision, step }) =>
      decision === 'restore' && (selection.step === undefined || isNamed(step, selection.step)),
  );
  return {
    rows: meant.length,
    decided: meant.length,
    at,
    steps: [...new Set([...before, ...meant].map(({ step }) => step))],
  };
}

function isMeant({ step, row, at }: LoggedDecision, selection: RestoreSelection): boolean {
  return (
    (selection.step === undefined || isNamed(step, selection.step)) &&
    (selection.at === undefined || selection.at === at) &&
    (selection.rows === undefined || selection.rows.some((beginning) => row.startsWith(beginning)))
  );
}

function isNamed(step: string, name: string): boolean {
  return step === name || step.split('.').at(-1) === name;
}
