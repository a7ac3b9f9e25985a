import { DECIDED, type Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import { readRows, textAt } from '../stage/read-rows.ts';
import { DecisionLog, type Decision, type LoggedDecision } from './decision-log.ts';
import type { QuarantineRelation } from './quarantine-relations.ts';
import type { QuarantineRequest } from './quarantine-request.ts';
import { selected, withRelations } from './read-quarantine.ts';

export interface DecideRequest extends QuarantineRequest {
  readonly decision: Exclude<Decision['decision'], 'restore'>;
  readonly by: string;
  readonly note: string | null;
}

export interface DecideResult {
  /** Rows that the decision is about. */
  readonly rows: number;
  /** Of those, the rows for which it is new. */
  readonly decided: number;
  /** When that was written down, ISO 8601 UTC: no other decision about the pipeline has the same time. */
  readonly at: string;
  /** Steps whose rows are decided about, now or before. */
  readonly steps: readonly string[];
}

/**
 * Writes down what a person decided about rows in quarantine; the next run of the steps acts on it. A decision that
 * stands already is not written again.
 */
export async function decideRows(request: DecideRequest, signal: AbortSignal): Promise<DecideResult> {
  return withRelations(request, async (relations, database) => {
    const [plan] = request.plans;
    if (plan === undefined) throw new RangeError('No pipeline is decided about.');
    if (request.decision === 'release') refuseLoads(relations);
    const log = new DecisionLog(request.folders.quarantine, plan.pipeline);
    const known = await log.read();
    const added: Decision[] = [];
    const at = new Date().toISOString();
    let rows = 0;
    for (const relation of relations) {
      if (request.decision === 'release' && relation.kind === 'load') continue;
      const sql = `SELECT DISTINCT "__millrace_row", "__millrace_checks" FROM (${selected(relation, request.selection)}) ORDER BY ALL`;
      const standing = latestByRow(known, relation.step);
      const ids = checkIds(plan, relation.step);
      for (const found of await database.withConnection((connection) => readRows(connection, sql, signal))) {
        rows += 1;
        const row = textAt(found, '__millrace_row');
        const names =
          request.selection.check === undefined ? found['__millrace_checks'] : [request.selection.check];
        const checks =
          request.decision === 'release' && Array.isArray(names)
            ? names.flatMap((name) => (typeof name === 'string' ? (ids.get(name) ?? []) : []))
            : [];
        const decision = merged(standing.get(row), {
          decision: request.decision,
          step: relation.step,
          row,
          checks,
          at,
          by: request.by,
          note: request.note,
        });
        if (decision !== undefined) added.push(decision);
      }
    }
    await log.add(added);
    const before = known.filter((each) => isAbout(each, request)).map(({ step }) => step);
    return {
      rows,
      decided: added.length,
      at,
      steps: [...new Set([...before, ...added.map(({ step }) => step)])],
    };
  });
}

/** The decision as it is to be written; undefined when it stands already. */
function merged(standing: LoggedDecision | undefined, wanted: Decision): Decision | undefined {
  if (standing?.decision !== wanted.decision) return wanted;
  // A row that is released from another check stays released from those before.
  const checks = [...new Set([...standing.checks, ...wanted.checks])];
  return checks.length === standing.checks.length ? undefined : { ...wanted, checks };
}

function latestByRow(
  decisions: readonly LoggedDecision[],
  step: string,
): ReadonlyMap<string, LoggedDecision> {
  return new Map(decisions.filter((each) => each.step === step).map((each) => [each.row, each]));
}

function isAbout({ step, decision }: LoggedDecision, { selection, ...request }: DecideRequest): boolean {
  return decision === request.decision && (selection.step === undefined || selection.step === step);
}

/** How decisions name the checks of a step. */
function checkIds({ tasks }: Plan, step: string): ReadonlyMap<string, string> {
  const splits = tasks.flatMap(({ checks }) => checks?.split ?? []);
  const split = splits.find(({ decided }) => decided === `${step}.${DECIDED}`);
  return new Map(split?.checks.map(({ name, id }) => [name, id]));
}

function refuseLoads(relations: readonly QuarantineRelation[]): void {
  const refused = relations.filter(({ kind }) => kind === 'load');
  const [first] = refused;
  if (first === undefined || refused.length < relations.length) return;
  const { step, plan } = first;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message:
      `Rows of ${step} cannot be released: they hold values that their columns cannot keep, whatever anybody decides. ` +
      `Correct them at the source, or change the column or the contract of the step; then read them again: millrace run ${plan.pipeline} --full-refresh --tables ${step}`,
  });
}
