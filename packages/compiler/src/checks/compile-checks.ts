import {
  checkDefinition,
  checkName,
  type CheckItem,
  type CheckName,
  type DocumentPath,
} from '@millrace/spec';

import type { QuarantineLimit } from '../plan.ts';
import { buildCheckContext, type CheckScene } from './build-check-context.ts';
import type { BuildCheck, CompiledCheck } from './check-compiler.ts';
import { CheckMeasures, DatasetMeasures } from './check-measures.ts';
import type { CheckAction, CheckPlan, CheckSplit, CheckThreshold, PlannedCheck } from './check-plan.ts';
import { columnSql } from './check-sql.ts';
import type { CheckedRelation } from './checked-relation.ts';
import { CHECK_COMPILERS } from './index.ts';
import { splitRows } from './split-rows.ts';

export interface ChecksRequest extends CheckScene {
  readonly checks: readonly CheckItem[];
  /** Where the list of checks stands in the document. */
  readonly path: DocumentPath;
  /** For each check, how its texts call relations where that is not by their names. */
  readonly names?: readonly ReadonlyMap<string, string>[];
  /** The step's own limit on rows that are set aside; a check that does so without a threshold takes it. */
  readonly quarantine: QuarantineLimit;
}

/**
 * Turns the checks of one step into the statements that answer them: one scan for all, separate queries only for what
 * a scan cannot tell. What is wrong is reported to `compilation`; such a check is left out of the plan.
 */
export async function compileChecks(request: ChecksRequest): Promise<CheckPlan> {
  const { checks, path, relation } = request;
  const builds = await Promise.all(
    checks.map(async (item, index) =>
      compileItem(checkName(item), item, [...path, index], {
        ...request,
        localNames: request.names?.[index],
      }),
    ),
  );
  const dataset = new DatasetMeasures(columnSql(relation.ref));
  const names = new Set<string>();
  const compiled = builds.flatMap((build, index) => {
    const item = checks[index];
    if (build === undefined || item === undefined) return [];
    const measures = new CheckMeasures(dataset);
    const check = build(measures);
    return [planCheck(item, [...path, index], check, measures.needs, names, request)];
  });
  return {
    ref: relation.ref,
    checks: compiled.map(({ planned }) => planned),
    aggregates: dataset.aggregates,
    queries: dataset.queries,
    split: planSplit(relation, compiled),
  };
}

function compileItem<Name extends CheckName>(
  name: Name,
  item: CheckItem,
  path: DocumentPath,
  scene: CheckScene,
): Promise<BuildCheck | undefined> {
  const settings = item[name];
  if (settings === undefined) throw new TypeError(`The item has no settings for ${name}.`);
  return CHECK_COMPILERS[name].compile(settings, buildCheckContext(scene, [...path, name]));
}

interface Planned {
  readonly planned: PlannedCheck;
  readonly relations: readonly string[];
}

function planCheck(
  item: CheckItem,
  path: DocumentPath,
  check: CompiledCheck,
  needs: readonly string[],
  names: Set<string>,
  request: ChecksRequest,
): Planned {
  const kind = checkName(item);
  const options: CheckOptions = item[kind] ?? {};
  const definition = checkDefinition(kind);
  const onFailure: CheckAction = options.onFailure ?? definition.onFailure;
  const name = options.name ?? freeName(kind, check, names);
  if (names.has(name))
    request.compilation.report('checkNameTwice', { step: request.relation.ref, name }, [
      ...path,
      kind,
      'name',
    ]);
  names.add(name);
  const { columns, expected, reads, rule, failing = null, examples = null, relations = [] } = check;
  const planned: PlannedCheck = {
    check: kind,
    name,
    onFailure,
    threshold: thresholdOf(options.threshold, onFailure, request.quarantine),
    severity: options.severity ?? SEVERITIES[onFailure],
    tags: options.tags ?? [],
    owner: options.owner ?? null,
    description: options.description ?? null,
    columns,
    expected,
    reads,
    rule,
    needs,
    failing,
    examples,
  };
  return { planned, relations };
}

/** What every check may say beside its own settings; a threshold only where rows are counted. */
interface CheckOptions {
  readonly onFailure?: CheckAction | undefined;
  readonly threshold?:
    | { readonly maxRows?: number | undefined; readonly maxShare?: number | undefined }
    | undefined;
  readonly name?: string | undefined;
  readonly severity?: PlannedCheck['severity'] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
}

const SEVERITIES = { stop: 'high', quarantine: 'medium', warn: 'low' } as const;

function thresholdOf(
  own: CheckOptions['threshold'],
  onFailure: CheckAction,
  quarantine: QuarantineLimit,
): CheckThreshold {
  if (own?.maxRows !== undefined || own?.maxShare !== undefined)
    return { maxRows: own.maxRows ?? null, maxShare: own.maxShare ?? null };
  if (onFailure === 'quarantine') return { maxRows: quarantine.maxRows, maxShare: quarantine.maxShare };
  return onFailure === 'stop' ? { maxRows: 0, maxShare: null } : { maxRows: null, maxShare: null };
}

/** `notNull(id, customer_id)`, and a number behind it when the step has several of that name. */
function freeName(kind: CheckName, check: CompiledCheck, taken: ReadonlySet<string>): string {
  const label = check.label ?? (kind === 'schema' ? '' : check.columns.join(', '));
  const base = label === '' ? kind : `${kind}(${label})`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base} ${count}`;
    if (!taken.has(name)) return name;
  }
}

function planSplit(relation: CheckedRelation, compiled: readonly Planned[]): CheckSplit | null {
  const dividing = compiled.flatMap(({ planned, relations }) =>
    planned.onFailure === 'quarantine' && planned.failing !== null
      ? [{ planned, failing: planned.failing, relations }]
      : [],
  );
  return dividing.length === 0 ? null : splitRows(relation, dividing);
}
