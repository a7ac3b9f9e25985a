import { formatTableName } from '@millrace/spec';
import { duckdbDialect, duckdbType, layoutSql, quoteIdentifier } from '@millrace/sql';

import { explainIncrementality } from '../explain/explain-incrementality.ts';
import { NO_DECISIONS } from '../checks/identify-row.ts';
import { titleRelation } from '../explain/title-relation.ts';
import { LANDING, STEPS, type Plan, type PlannedStep } from '../plan.ts';

const quote = (name: string) => quoteIdentifier(duckdbDialect, name);

/**
 * The steps of a plan as one script for DuckDB: a view for each step, over tables that are called as the source steps.
 * It says what the rows are, not how they are kept up to date.
 */
export function exportSql(plan: Plan): string {
  const parts = [
    comment(
      `Pipeline ${plan.pipeline}: its steps as views of DuckDB. The steps of the document are the original.`,
    ),
  ];
  for (const { source, destination } of plan.tasks) {
    if (source.connection === STEPS) continue;
    const table = `${source.connection}:${formatTableName(source.table.table)}`;
    const into = `${destination.connection}:${formatTableName(destination.table)}`;
    parts.push(
      comment(
        destination.connection === LANDING
          ? `The rows of ${table} are expected in a table called ${quote(destination.table.name)}.`
          : `${table} is loaded into ${into} as it is.`,
      ),
    );
  }
  for (const ref of new Set(plan.steps.flatMap(({ decisions }) => decisions ?? [])))
    parts.push(
      `${comment(`${titleRelation(ref)}: rows that pass or are dropped whatever the checks say; here none.`)}\nCREATE OR REPLACE VIEW ${quote(ref)} AS\n${NO_DECISIONS};`,
    );
  for (const step of plan.steps) parts.push(viewOf(step));
  for (const { source, destination } of plan.tasks) {
    if (source.connection !== STEPS || destination.connection === LANDING) continue;
    const key = destination.key.length > 0 ? ` by ${destination.key.join(', ')}` : '';
    parts.push(
      `${comment(`Into ${destination.connection}:${formatTableName(destination.table)}: ${destination.mode}${key}.`)}\nFROM ${quote(source.table.table.name)};`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function viewOf(step: PlannedStep): string {
  const { ref, verb, inputs, sql, code, columns, decisions } = step;
  const titles = inputs.filter((input) => input.ref !== decisions).map((input) => titleRelation(input.ref));
  const about = [
    `${titleRelation(ref)}: ${verb ?? 'checks'} of ${titles.join(', ')}.`,
    `Follows ${explainIncrementality(step)}.`,
  ];
  if (code !== undefined) {
    const list = columns.map(({ name, field }) => `${quote(name)} ${duckdbType(field.type)}`);
    about.push(
      `SQL cannot say what ${code.file} does: its rows are expected in a table called ${quote(ref)} (${list.join(', ')}).`,
    );
    return comment(about.join('\n'));
  }
  // A step whose SQL calls an input by another name gets it under that name.
  const renamed = inputs.filter((input) => input.alias !== input.ref);
  const names = renamed.map((input) => `${quote(input.alias)} AS (FROM ${quote(input.ref)})`);
  const body =
    names.length === 0 ? layoutSql(sql) : `WITH ${names.join(', ')}\nSELECT * FROM (\n${layoutSql(sql)}\n)`;
  return `${comment(about.join('\n'))}\nCREATE OR REPLACE VIEW ${quote(ref)} AS\n${body};`;
}

function comment(text: string): string {
  return text.replaceAll(/^/gm, '-- ');
}
