import { FAILED, STEPS, titleTask, type LoadTask, type Plan } from '@millrace/compiler';
import { parseStepReference } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import type { StagingDatabase } from '../stage/staging-database.ts';
import { Landing } from '../steps/landing.ts';
import { DecisionLog, standingDecisions } from './decision-log.ts';
import type { QuarantineKind, QuarantineRequest } from './quarantine-request.ts';
import { listRejectedFiles, type RejectedFile } from './rejected-files.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);
const text = (value: string) => quoteText(duckdbDialect, value);

/** Rows in quarantine that have the same columns. */
export interface QuarantineRelation {
  readonly plan: Plan;
  readonly kind: QuarantineKind;
  readonly step: string;
  readonly isPublished: boolean;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /**
   * A query of `columns` under their names, and of `__millrace_row`, `__millrace_checks`, `__millrace_reasons` (lists),
   * `__millrace_run` and `__millrace_origin`.
   */
  readonly sql: string;
}

const ABOUT = ['__millrace_row', '__millrace_checks', '__millrace_reasons'];

/** Everything in quarantine that a request may be about. */
export async function quarantineRelations(
  request: QuarantineRequest,
  database: StagingDatabase,
): Promise<readonly QuarantineRelation[]> {
  const { kind, step } = request.selection;
  const relations: QuarantineRelation[] = [];
  for (const plan of request.plans) {
    if (kind !== 'load') relations.push(...(await failedRows(plan, request, database)));
    if (kind !== 'check') relations.push(...(await rejectedRows(plan, request)));
  }
  return relations.filter((relation) => step === undefined || isNamed(relation, step));
}

function isNamed(relation: QuarantineRelation, name: string): boolean {
  return relation.step === name || relation.step.split('.').at(-1) === name;
}

/** Rows that the checks of a step set aside. */
async function failedRows(
  plan: Plan,
  request: QuarantineRequest,
  database: StagingDatabase,
): Promise<readonly QuarantineRelation[]> {
  const landing = new Landing({
    stageFolder: request.folders.stage,
    pipeline: plan.pipeline,
    decisions: new DecisionLog(request.folders.quarantine, plan.pipeline),
    tasks: plan.tasks,
    database: () => Promise.resolve(database),
  });
  const relations: QuarantineRelation[] = [];
  for (const { ref } of plan.steps) {
    if (!ref.endsWith(`.${FAILED}`) || !landing.has(ref)) continue;
    const dataset = await landing.landed(ref);
    const state = dataset?.stateSql();
    if (dataset === undefined || state === undefined) continue;
    const columns = dataset.fields.map(({ name }) => name).filter((name) => !ABOUT.includes(name));
    const seen = `SELECT "__millrace_row" AS id, min(run) AS run FROM (${dataset.writtenSql(['__millrace_row'])}) GROUP BY ALL`;
    const list = (name: string) => `from_json(kept.${quote(name)}, '["VARCHAR"]') AS ${quote(name)}`;
    relations.push({
      plan,
      kind: 'check',
      step: parseStepReference(ref).step,
      isPublished: true,
      columns,
      key: dataset.key,
      sql:
        `SELECT ${columns.map((column) => `kept.${quote(column)}`).join(', ')}, kept."__millrace_row", ` +
        `${list('__millrace_checks')}, ${list('__millrace_reasons')}, seen.run AS "__millrace_run", NULL::VARCHAR AS "__millrace_origin" ` +
        `FROM (${state}) AS kept LEFT JOIN (${seen}) AS seen ON kept."__millrace_row" = seen.id`,
    });
  }
  return relations;
}

/** Rows with a value that its column cannot hold. */
async function rejectedRows(plan: Plan, request: QuarantineRequest): Promise<readonly QuarantineRelation[]> {
  const decided = await new DecisionLog(request.folders.quarantine, plan.pipeline).read();
  const discarded = standingDecisions(decided)
    .filter(({ decision }) => decision === 'discard')
    .map(({ row }) => row);
  const relations: QuarantineRelation[] = [];
  for (const task of plan.tasks) {
    if (task.source.connection === STEPS) continue;
    const files = await listRejectedFiles(request.folders.quarantine, plan.pipeline, task, request.loads);
    for (const isPublished of [true, false]) {
      const some = files.filter((file) => file.isPublished === isPublished);
      if (some.length > 0) relations.push(rejectedRelation(plan, task, some, isPublished, discarded));
    }
  }
  return relations;
}

function rejectedRelation(
  plan: Plan,
  task: LoadTask,
  files: readonly RejectedFile[],
  isPublished: boolean,
  discarded: readonly string[],
): QuarantineRelation {
  const columns = [...new Set(files.flatMap((file) => file.columns))];
  const lines = files.map(
    ({ path, runId }) =>
      `SELECT ${text(runId)} AS run, * FROM read_json(${text(path)}, format = 'newline_delimited', columns = ` +
      `{"key": 'VARCHAR', "column": 'VARCHAR', reason: 'VARCHAR', cells: 'MAP(VARCHAR, VARCHAR)', origin: 'VARCHAR'})`,
  );
  const cell = (name: string) => `cells[${text(name)}]`;
  const asText = (name: string) =>
    `coalesce(try(decode(from_base64(${cell(name)}))), CAST(from_base64(${cell(name)}) AS VARCHAR)) AS ${quote(name)}`;
  const id = `sha256(concat(CAST(cells AS VARCHAR), '|', coalesce("column", ''), '|', reason))`;
  // The same row of several loads is one row, as the last of them read it.
  const by = task.source.table.key.length > 0 ? '"key"' : id;
  const latest = `SELECT *, ${id} AS id FROM (${lines.join(' UNION ALL ')}) QUALIFY row_number() OVER (PARTITION BY ${by} ORDER BY run DESC) = 1`;
  const left =
    discarded.length === 0
      ? latest
      : `SELECT * FROM (${latest}) WHERE id NOT IN (${discarded.map(text).join(', ')})`;
  return {
    plan,
    kind: 'load',
    step: titleTask(task).source,
    isPublished,
    columns,
    key: task.source.table.key,
    sql:
      `SELECT ${columns.map(asText).join(', ')}, id AS "__millrace_row", []::VARCHAR[] AS "__millrace_checks", ` +
      `[CASE WHEN "column" IS NULL THEN reason ELSE "column" || ': ' || reason END] AS "__millrace_reasons", ` +
      `run AS "__millrace_run", origin AS "__millrace_origin" FROM (${left})`,
  };
}
