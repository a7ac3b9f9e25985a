import {
  compileChecks,
  isDecided,
  NO_DECISIONS,
  type CheckedRelation,
  type CheckPlan,
  type SqlAnalyser,
} from '@millrace/compiler';
import {
  diagnose,
  hasErrors,
  parsePipeline,
  type Diagnostic,
  type DocumentPath,
  type Locate,
  type PipelineDocument,
} from '@millrace/spec';
import { duckdbDialect, parseDuckdbType, quoteIdentifier } from '@millrace/sql';
import type { DuckDBConnection } from '@duckdb/node-api';

import { readRows, textAt } from '../../stage/read-rows.ts';
import { bindRelations } from '../bind-relations.ts';
import { runChecks } from '../run-checks.ts';

export const MARK = '# => ';

const NEVER = new AbortController().signal;
const NOW = 1_750_000_000_000_000n;

/**
 * A case is a document; rows of its steps as `# orders(id): SELECT …`, the key in parentheses; `# history NAME: 1 2 3`;
 * and, in lines with the mark, the diagnostics, the statements of the plan and what they find in those rows.
 */
export async function runCase(
  text: string,
  analyser: SqlAnalyser,
  connection: DuckDBConnection,
): Promise<readonly string[]> {
  const relations = await createRelations(text, connection);
  const { document, diagnostics, locate } = parsePipeline(text, 'case.yaml');
  if (document === undefined) return diagnostics.map(describeDiagnostic);
  const { plan, reported } = await compile(document, locate, relations, analyser);
  const lines = [...diagnostics, ...reported]
    .toSorted((left, right) => left.range.start.offset - right.range.start.offset)
    .map(describeDiagnostic);
  if (hasErrors(reported)) return lines;
  await explain(plan, connection);
  const results = await describeResults(text, plan, relations, connection);
  return [...lines, ...describePlan(plan), ...results];
}

async function createRelations(
  text: string,
  connection: DuckDBConnection,
): Promise<ReadonlyMap<string, CheckedRelation>> {
  const relations = new Map<string, CheckedRelation>();
  for (const [, ref = '', key = '', sql = ''] of text.matchAll(/^# ([\w-]+)(?:\((.*?)\))?: (.*)$/gm)) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(duckdbDialect, ref)} AS ${sql}`);
    const columns = await readRows(connection, `DESCRIBE ${quoteIdentifier(duckdbDialect, ref)}`, NEVER);
    const fields = columns.map((column) => {
      const type = parseDuckdbType(textAt(column, 'column_type'));
      if (type === undefined) throw new Error(`No logical type holds ${textAt(column, 'column_type')}.`);
      return { name: textAt(column, 'column_name'), type, nullable: true };
    });
    relations.set(ref, { ref, fields, key: key === '' ? [] : key.split(', ') });
  }
  return relations;
}

async function compile(
  document: PipelineDocument,
  locate: Locate,
  relations: ReadonlyMap<string, CheckedRelation>,
  sql: SqlAnalyser,
): Promise<{ readonly plan: CheckPlan; readonly reported: readonly Diagnostic[] }> {
  const [step, checks] =
    Object.entries(document.steps).flatMap(([name, settings]) =>
      'checks' in settings && settings.checks !== undefined ? [[name, settings.checks] as const] : [],
    )[0] ?? [];
  const relation = relations.get(step ?? '');
  if (step === undefined || checks === undefined || relation === undefined)
    throw new Error('The case has no step with checks and rows.');
  const reported: Diagnostic[] = [];
  const path: DocumentPath = ['steps', step, 'checks'];
  const plan = await compileChecks({
    relation,
    others: relations,
    checks,
    path,
    sql,
    quarantine: { maxRows: 1000, maxShare: 0.5 },
    compilation: {
      report: (code, params, at, fixes, part) => {
        reported.push(diagnose(code, params, { path: at, range: locate(at, part), fixes: fixes ?? [] }));
      },
    },
  });
  return { plan, reported };
}

async function explain(plan: CheckPlan, connection: DuckDBConnection): Promise<void> {
  const { aggregates, queries, split, checks, ref } = plan;
  const statements = [
    ...(aggregates.length === 0
      ? []
      : [
          {
            sql: `SELECT ${aggregates.map(({ sql }) => sql).join(', ')} FROM ${quoteIdentifier(duckdbDialect, ref)}`,
            relations: [],
          },
        ]),
    ...queries,
    ...(split === null
      ? []
      : [split.passing, split.failing].map((sql) => ({
          sql,
          relations: [...split.relations, split.decided],
        }))),
    ...checks.flatMap(({ examples }) => (examples === null ? [] : [examples])),
  ];
  for (const { sql, relations } of statements) {
    const bound = new Map(
      [ref, ...relations].map((name) => [
        name,
        isDecided(name) ? `(${NO_DECISIONS})` : quoteIdentifier(duckdbDialect, name),
      ]),
    );
    await readRows(connection, `EXPLAIN ${bindRelations(sql, [...bound.keys()], bound)}`, NEVER);
  }
}

function describePlan({ aggregates, queries, split, checks }: CheckPlan): readonly string[] {
  return [
    ...aggregates.map(({ name, sql, reads }) => `${name} of ${reads}: ${sql}`),
    ...queries.map(
      ({ sql, names, relations }) =>
        `${names.join(', ')}${relations.length === 0 ? '' : ` with ${relations.join(', ')}`}: ${sql}`,
    ),
    ...(split === null ? [] : [`passing: ${split.passing}`, `failing: ${split.failing}`]),
    ...checks.flatMap(({ examples }) => (examples === null ? [] : [`examples: ${examples.sql}`])),
  ].map((line) => MARK + line.replaceAll('\n', '⏎'));
}

async function describeResults(
  text: string,
  plan: CheckPlan,
  relations: ReadonlyMap<string, CheckedRelation>,
  connection: DuckDBConnection,
): Promise<readonly string[]> {
  const history = [...text.matchAll(/^# history (.*?): (.*)$/gm)].map(
    ([, name = '', values = '']) => [name, values.split(' ').map(Number)] as const,
  );
  const { results, split } = await runChecks(
    connection,
    {
      plan,
      relations: new Map([...relations.keys()].map((ref) => [ref, quoteIdentifier(duckdbDialect, ref)])),
      fields: relations.get(plan.ref)?.fields ?? [],
      history: new Map(history),
      now: NOW,
    },
    NEVER,
  );
  const rows = split === null ? [] : await readRows(connection, `${split.failing} ORDER BY ALL`, NEVER);
  return [
    ...results.map(
      ({ name, status, action, message }) =>
        `${name} ${action === 'none' ? status : `${status}, ${action}`}: ${message}`,
    ),
    ...rows.map((row) => `set aside: ${JSON.stringify(row)}`),
  ].map((line) => MARK + line.replaceAll('\n', '⏎'));
}

function describeDiagnostic({ range, severity, code, message }: Diagnostic): string {
  return `${MARK}${range.start.line}:${range.start.column} ${severity} ${code}: ${message}`;
}
